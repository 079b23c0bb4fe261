// Line editing on a terminal, by libedit: it reads keys, edits and keeps the history; Screen draws.
//
// Of the libraries that Debian packages, libedit has our licence (readline is GPL) and lets the caller read the keys:
// the callback for that is where the session runs while nothing is typed. What libedit would draw goes nowhere,
// because it knows neither colours nor output above the prompt. The terminal whose modes it sets is one that nobody
// uses: it would take Ctrl-C for a signal that throws away what was typed before, and what was typed ahead at its end.
#include <fmt/format.h>
#include <histedit.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <optional>
#include <utility>

#include "builtins/base/shown.h"
#include "builtins/base/text.h"
#include "runtime/list/script_text.h"
#include "runtime/repl/reader.h"
#include "runtime/repl/tty.h"
#include "runtime/sinks/written_file.h"

namespace probevue {
namespace {

constexpr int history_size = 2000;

struct CloseFile {
    void operator()(FILE* file) const { std::fclose(file); }
};
struct EndEditor {
    void operator()(EditLine* editor) const { el_end(editor); }
};
struct EndHistory {
    void operator()(HistoryW* history) const { history_wend(history); }
};

class TerminalReader final : public EntryReader {
public:
    TerminalReader(Screen& screen, ReaderHost host)
        : screen_(screen), host_(std::move(host)), raw_(STDIN_FILENO, !screen.plain()) {}

    ~TerminalReader() override { save_history(); }

    bool open() {
        std::setlocale(LC_CTYPE, "");  // how wide characters are
        nowhere_.reset(std::fopen("/dev/null", "w"));
        if (nowhere_ == nullptr || !unused_.open()) return false;
        editor_.reset(el_init_fd("probevue", stdin, nowhere_.get(), nowhere_.get(), unused_.fd(), unused_.fd(),
                                 fileno(nowhere_.get())));
        if (editor_ == nullptr) return false;
        el_wset(editor_.get(), EL_CLIENTDATA, this);
        el_wset(editor_.get(), EL_EDITOR, L"emacs");
        el_wset(editor_.get(), EL_SIGNAL, 0);
        el_wset(editor_.get(), EL_GETCFN, &TerminalReader::get_character);
        open_history();
        bind_keys();
        return true;
    }

    Got read(std::string& text) override {
        text_.clear();
        got_ = Got::end;
        int count = 0;
        raw_.take_signal_keys(true);
        el_wgets(editor_.get(), &count);
        raw_.take_signal_keys(false);
        text = text_;
        remember(text);
        // What came with the keys before it has not been drawn yet.
        screen_.show({text, text.size()});
        screen_.leave_line();
        return got_;
    }

    void preload(std::string text) override { preload_ = wide(text); }

private:
    static TerminalReader& self(EditLine* editor) {
        void* data = nullptr;
        el_wget(editor, EL_CLIENTDATA, &data);
        return *static_cast<TerminalReader*>(data);
    }
    static int get_character(EditLine* editor, wchar_t* out) { return self(editor).next(*out); }
    static unsigned char enter(EditLine* editor, wint_t) { return self(editor).on_enter(); }
    static unsigned char end_or_delete(EditLine* editor, wint_t) { return self(editor).on_end(); }
    static unsigned char complete(EditLine* editor, wint_t) { return self(editor).on_tab(); }
    static unsigned char cancel(EditLine* editor, wint_t) { return self(editor).on_cancel(); }
    static unsigned char stop_program(EditLine* editor, wint_t) {
        self(editor).suspend();
        return CC_REFRESH;
    }
    static unsigned char clear(EditLine* editor, wint_t) {
        self(editor).screen_.clear();
        return CC_REFRESH;
    }
    static unsigned char paste(EditLine* editor, wint_t) { return self(editor).on_paste(); }
    static unsigned char search(EditLine* editor, wint_t) { return self(editor).on_search(); }
    static unsigned char up(EditLine* editor, wint_t) { return self(editor).on_vertical(true); }
    static unsigned char down(EditLine* editor, wint_t) { return self(editor).on_vertical(false); }

    using History = std::unique_ptr<HistoryW, EndHistory>;

    static History load_history(const std::string& path) {
        History history(history_winit());
        if (history == nullptr) return history;
        HistEventW event;
        history_w(history.get(), &event, H_SETSIZE, history_size);
        history_w(history.get(), &event, H_SETUNIQUE, 1);
        if (!path.empty()) history_w(history.get(), &event, H_LOAD, path.c_str());
        return history;
    }

    void open_history() {
        const std::string path = history_path();
        std::error_code ignored;  // without the folder there is no history, and nothing else
        if (!path.empty()) std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
        history_ = load_history(path);
        if (history_ != nullptr) el_wset(editor_.get(), EL_HIST, history_w, history_.get());
    }

    // Behind what other sessions have saved meanwhile. What is read and what is written are one file.
    void save_history() const {
        const std::string path = history_path();
        if (path.empty() || entered_.empty()) return;
        Result<Handle> opened = open_written(path, 0600, Existing::kept);
        if (!opened) return;
        const History history = load_history(fmt::format("/proc/self/fd/{}", opened->get()));
        if (history == nullptr) return;
        HistEventW event;
        for (const std::wstring& entry : entered_) history_w(history.get(), &event, H_ENTER, entry.c_str());
        const std::unique_ptr<FILE, CloseFile> file(fdopen(opened->get(), "w"));
        if (file == nullptr) return;
        opened->release();
        if (ftruncate(fileno(file.get()), 0) == 0) history_w(history.get(), &event, H_SAVE_FP, file.get());
    }

    void bind_keys() {
        EditLine* const el = editor_.get();
        el_wset(el, EL_ADDFN, L"vue-enter", L"ends an entry, or goes on with it", &TerminalReader::enter);
        el_wset(el, EL_ADDFN, L"vue-end", L"leaves, or deletes", &TerminalReader::end_or_delete);
        el_wset(el, EL_ADDFN, L"vue-complete", L"completes", &TerminalReader::complete);
        el_wset(el, EL_ADDFN, L"vue-cancel", L"cancels the entry", &TerminalReader::cancel);
        el_wset(el, EL_ADDFN, L"vue-suspend", L"stops the program", &TerminalReader::stop_program);
        el_wset(el, EL_ADDFN, L"vue-clear", L"empties the screen", &TerminalReader::clear);
        el_wset(el, EL_ADDFN, L"vue-search", L"searches the history", &TerminalReader::search);
        el_wset(el, EL_ADDFN, L"vue-paste", L"takes pasted text", &TerminalReader::paste);
        el_wset(el, EL_ADDFN, L"vue-up", L"line or entry before", &TerminalReader::up);
        el_wset(el, EL_ADDFN, L"vue-down", L"line or entry behind", &TerminalReader::down);
        el_source(el, nullptr);  // what users have set for all programs with libedit
        static constexpr const wchar_t* keys[][2] = {
            {L"^M", L"vue-enter"},
            {L"^J", L"vue-enter"},
            {L"^D", L"vue-end"},
            {L"^C", L"vue-cancel"},
            {L"^Z", L"vue-suspend"},
            {L"^I", L"vue-complete"},
            {L"\033[200~", L"vue-paste"},
            {L"^L", L"vue-clear"},
            {L"^R", L"vue-search"},
            {L"\033[A", L"vue-up"},
            {L"\033OA", L"vue-up"},
            {L"\033[B", L"vue-down"},
            {L"\033OB", L"vue-down"},
            {L"\033[H", L"ed-move-to-beg"},
            {L"\033OH", L"ed-move-to-beg"},
            {L"\033[1~", L"ed-move-to-beg"},
            {L"\033[F", L"ed-move-to-end"},
            {L"\033OF", L"ed-move-to-end"},
            {L"\033[4~", L"ed-move-to-end"},
            {L"\033[3~", L"ed-delete-next-char"},
            {L"\033[1;5C", L"em-next-word"},
            {L"\033[1;5D", L"ed-prev-word"},
            // Keys that no terminal has: how our functions call those of libedit.
            {L"\033[9001~", L"ed-prev-history"},
            {L"\033[9002~", L"ed-next-history"},
        };
        for (const auto& [key, command] : keys) el_wset(el, EL_BIND, key, command, nullptr);
    }

    TypedLine line() const {
        const LineInfoW* info = el_wline(editor_.get());
        TypedLine out;
        for (const wchar_t* at = info->buffer; at < info->lastchar; ++at) {
            if (at == info->cursor) out.cursor = out.text.size();
            append_utf8(out.text, *at);
        }
        if (info->cursor >= info->lastchar) out.cursor = out.text.size();
        return out;
    }

    // The callback of libedit: one character, once there is one.
    int next(wchar_t& out) {
        if (!preload_.empty()) {
            el_winsertstr(editor_.get(), preload_.c_str());
            preload_.clear();
        }
        for (;;) {
            std::string_view bytes = std::string_view(input_).substr(taken_);
            if (!bytes.empty() && take_utf8(bytes, out)) {
                taken_ = input_.size() - bytes.size();
                return 1;
            }
            if (pending() > 0 && fill(1)) continue;
            screen_.set_prompt(host_.prompt());
            screen_.show(searching_ ? *searching_ : line());
            switch (deferred_ == Wake::none ? host_.wait() : std::exchange(deferred_, Wake::none)) {
                case Wake::input:
                    if (!fill(1)) return stop(Got::end);
                    break;
                case Wake::interrupt:
                    return stop(Got::cancelled);
                case Wake::leave:
                    return stop(Got::end);
                case Wake::resize:
                    screen_.resized();
                    break;
                case Wake::suspend:
                    suspend();
                    break;
                case Wake::none:
                    break;
            }
            if (screen_.closed()) return stop(Got::end);
        }
    }

    int stop(Got got) {
        got_ = got;
        text_ = line().text;
        return -1;
    }

    // Bytes that have been typed and not been read.
    static int pending() {
        int count = 0;
        return ioctl(STDIN_FILENO, FIONREAD, &count) == 0 ? count : 0;
    }

    // Keys are read one by one: what follows Ctrl-D or `.quit` is for the program that reads the terminal next.
    bool fill(size_t most) {
        input_.erase(0, taken_);
        taken_ = 0;
        char bytes[4096];
        const ssize_t count = ::read(STDIN_FILENO, bytes, std::min(most, sizeof bytes));
        if (count > 0) input_.append(bytes, static_cast<size_t>(count));
        return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
    }

    void suspend() {
        screen_.leave_line();
        raw_.leave();
        kill(getpid(), SIGSTOP);
        raw_.enter();
        raw_.take_signal_keys(true);
    }

    // Pasted text stands in the line as it is, whatever keys its bytes are.
    unsigned char on_paste() {
        constexpr std::string_view end_mark = "\033[201~";
        std::string text;
        size_t end = std::string::npos;
        while (end == std::string::npos) {
            const size_t seen = text.size();
            text.append(input_, taken_);
            taken_ = input_.size();
            end = text.find(end_mark, seen < end_mark.size() ? 0 : seen - end_mark.size());
            if (end != std::string::npos || (pending() > 0 && fill(SIZE_MAX))) continue;
            const Wake wake = host_.wait();
            if (wake == Wake::interrupt || wake == Wake::leave) {
                deferred_ = wake;
                end = text.size();
            } else if (wake == Wake::input && !fill(SIZE_MAX)) {
                end = text.size();
            }
        }
        if (end + end_mark.size() < text.size()) {
            input_ = text.substr(end + end_mark.size());
            taken_ = 0;
        }
        text.resize(end);
        std::string clean;
        for (size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '\r') {
                clean += text[i];
            } else if (i + 1 == text.size() || text[i + 1] != '\n') {
                clean += '\n';
            }
        }
        el_winsertstr(editor_.get(), wide(clean).c_str());
        return CC_REFRESH;
    }

    unsigned char on_enter() {
        const TypedLine typed = line();
        if (is_command(typed.text) || is_complete(typed.text)) {
            text_ = typed.text;
            got_ = Got::entry;
            return CC_NEWLINE;
        }
        el_winsertstr(editor_.get(), L"\n");
        return CC_NORM;
    }

    unsigned char on_cancel() {
        text_ = line().text;
        got_ = Got::cancelled;
        return CC_NEWLINE;
    }

    unsigned char on_end() {
        const TypedLine typed = line();
        const bool at_end = typed.cursor == typed.text.size();
        if (typed.text.empty() || (at_end && typed.text.ends_with('\n')) || (at_end && !is_complete(typed.text))) {
            text_ = typed.text;
            got_ = Got::end;
            return CC_NEWLINE;
        }
        if (at_end) return CC_ERROR;
        const LineInfoW* info = el_wline(editor_.get());
        el_cursor(editor_.get(), static_cast<int>(std::min<ptrdiff_t>(1, info->lastchar - info->cursor)));
        el_deletestr(editor_.get(), 1);
        return CC_REFRESH;
    }

    // At the beginning of a further line it indents.
    unsigned char on_tab() {
        const TypedLine typed = line();
        const size_t newline = typed.text.rfind('\n', typed.cursor == 0 ? 0 : typed.cursor - 1);
        const size_t begin = newline == std::string::npos ? 0 : newline + 1;
        const bool indents =
            begin > 0 && trim(std::string_view(typed.text).substr(begin, typed.cursor - begin)).empty();
        if (indents) {
            el_winsertstr(editor_.get(), L"    ");
            return CC_REFRESH;
        }
        const Completion found = host_.complete(typed.text, typed.cursor);
        if (found.candidates.empty()) return CC_ERROR;
        std::string_view common = found.candidates.front();
        for (const std::string& one : found.candidates) {
            const auto differ = std::mismatch(common.begin(), common.end(), one.begin(), one.end());
            common = common.substr(0, static_cast<size_t>(differ.first - common.begin()));
        }
        const std::string_view there = std::string_view(typed.text).substr(found.begin, typed.cursor - found.begin);
        if (common.size() > there.size()) {
            el_winsertstr(editor_.get(), wide(common.substr(there.size())).c_str());
        } else if (found.candidates.size() > 1) {
            list(found.candidates);
        }
        return CC_REFRESH;
    }

    void list(const std::vector<std::string>& candidates) {
        constexpr size_t most = 100;
        constexpr size_t width = 78;
        size_t longest = 1;
        std::vector<std::string> listed;
        for (size_t i = 0; i < std::min(candidates.size(), most); ++i) {
            listed.push_back(shown(candidates[i]));  // files and interfaces have names by others
            longest = std::max(longest, listed.back().size());
        }
        const size_t columns = std::max<size_t>(1, width / (longest + 2));
        std::string out;
        for (size_t i = 0; i < listed.size(); ++i) {
            const bool last = i % columns == columns - 1 || i + 1 == listed.size();
            out += last ? listed[i] + "\n" : fmt::format("{:<{}}", listed[i], longest + 2);
        }
        if (listed.size() < candidates.size()) out += fmt::format("and {} more\n", candidates.size() - listed.size());
        screen_.print(out);
    }

    // Up and down go from line to line of an entry first, then through the history.
    unsigned char on_vertical(bool upwards) {
        const LineInfoW* info = el_wline(editor_.get());
        const std::wstring_view text(info->buffer, static_cast<size_t>(info->lastchar - info->buffer));
        const auto cursor = static_cast<size_t>(info->cursor - info->buffer);
        const auto begin_of = [&](size_t at) { return at == 0 ? size_t{0} : text.rfind(L'\n', at - 1) + 1; };
        const size_t begin = begin_of(cursor);
        size_t target = 0;
        if (upwards) {
            if (begin == 0) return call(L"\033[9001~");
            const size_t before = begin_of(begin - 1);
            target = before + std::min(cursor - begin, begin - 1 - before);
        } else {
            const size_t end = text.find(L'\n', cursor);
            if (end == std::wstring_view::npos) return call(L"\033[9002~");
            target = std::min(end + 1 + (cursor - begin), std::min(text.find(L'\n', end + 1), text.size()));
        }
        el_cursor(editor_.get(), static_cast<int>(target) - static_cast<int>(cursor));
        return CC_REFRESH;
    }

    // Looks for what is typed in the history, newest entry first; again Ctrl-R: the one before. Any other key ends it,
    // and has its effect on what was found.
    unsigned char on_search() {
        constexpr wchar_t control_g = 7, backspace = 8, control_r = 18, escape = 27, del = 127;
        const std::vector<std::wstring> entries = history_entries();
        const std::wstring before = wide(line().text);
        std::wstring pattern;
        size_t at = 0;
        const auto look = [&](size_t from) {
            while (from < entries.size() && entries[from].find(pattern) == std::wstring::npos) ++from;
            if (from < entries.size()) at = from;
        };
        const auto found = [&] { return at < entries.size() && !pattern.empty() ? entries[at] : before; };
        wchar_t key = 0;
        for (;;) {
            std::string looking = fmt::format("search `{}`: ", narrow(pattern));
            const size_t cursor = looking.size();
            searching_ = TypedLine{looking + narrow(found()), cursor};
            const int got = next(key);
            if (got != 1) {
                searching_.reset();
                return CC_NEWLINE;
            }
            if (key == control_r) {
                look(at + 1);
            } else if (key == backspace || key == del) {
                if (!pattern.empty()) pattern.pop_back();
                look(0);
            } else if (key >= L' ') {
                pattern += key;
                look(at);
            } else {
                break;
            }
        }
        searching_.reset();
        if (key == control_g) return CC_REFRESH;
        replace_line(found());
        // A lone Escape is over; keys that begin with it go on.
        if (key != escape || pending() > 0) input_.insert(taken_, 1, static_cast<char>(key));
        return CC_REFRESH;
    }

    std::vector<std::wstring> history_entries() const {
        std::vector<std::wstring> out;
        HistEventW event;
        if (history_ == nullptr) return out;
        for (int more = history_w(history_.get(), &event, H_FIRST); more >= 0;
             more = history_w(history_.get(), &event, H_NEXT))
            out.emplace_back(event.str);
        history_w(history_.get(), &event, H_FIRST);
        return out;
    }

    void replace_line(const std::wstring& text) {
        const LineInfoW* info = el_wline(editor_.get());
        el_cursor(editor_.get(), static_cast<int>(info->lastchar - info->cursor));
        el_deletestr(editor_.get(), static_cast<int>(info->lastchar - info->buffer));
        el_winsertstr(editor_.get(), text.c_str());
    }

    unsigned char call(const wchar_t* keys) {
        el_wpush(editor_.get(), keys);
        return CC_NORM;
    }

    void remember(const std::string& text) {
        if (history_ == nullptr || trim(text).empty()) return;
        HistEventW event;
        entered_.push_back(wide(trim(text)));
        history_w(history_.get(), &event, H_ENTER, entered_.back().c_str());
    }

    Screen& screen_;
    ReaderHost host_;
    RawMode raw_;
    UnusedTerminal unused_;
    std::unique_ptr<FILE, CloseFile> nowhere_;
    History history_;
    std::vector<std::wstring> entered_;  // in this session
    std::unique_ptr<EditLine, EndEditor> editor_;
    std::string input_;
    size_t taken_ = 0;            // bytes of it
    Wake deferred_ = Wake::none;  // what came while text was being pasted
    std::wstring preload_;
    std::optional<TypedLine> searching_;  // is shown instead of the line
    std::string text_;
    Got got_ = Got::end;
};

}  // namespace

std::unique_ptr<EntryReader> make_terminal_reader(Screen& screen, ReaderHost host) {
    auto reader = std::make_unique<TerminalReader>(screen, std::move(host));
    if (!reader->open()) return nullptr;
    return reader;
}

std::string history_path() {
    const char* state = std::getenv("XDG_STATE_HOME");
    if (state != nullptr && *state == '/') return fmt::format("{}/probevue/history", state);
    const char* home = std::getenv("HOME");
    return home == nullptr || *home == '\0' ? std::string() : fmt::format("{}/.probevue_history", home);
}

}  // namespace probevue
