#include "runtime/engine/attributes.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/proc_file.h"

namespace probevue {

namespace {

// Fields of /proc/PID/stat, numbered as in proc(5); the first word that stat_words() gives is number 3.
enum class StatField : size_t {
    state = 3,
    ppid = 4,
    pgrp = 5,
    minflt = 10,
    majflt = 12,
    utime = 14,
    stime = 15,
    priority = 18,
    nice = 19,
    num_threads = 20,
    starttime = 22,
    vsize = 23,
    startcode = 26,
    endcode = 27,
    startstack = 28,
    processor = 39,
    policy = 41,
    start_data = 45,
};

// The files of one process or thread, read once.
class Facts {
public:
    static std::optional<Facts> of(int64_t id) {
        std::optional<std::string> stat = id > 0 ? read_file(fmt::format("/proc/{}/stat", id)) : std::nullopt;
        std::optional<std::string> status = id > 0 ? read_file(fmt::format("/proc/{}/status", id)) : std::nullopt;
        if (!stat || !status) return std::nullopt;
        return Facts(std::move(*stat), std::move(*status));
    }

    std::string_view word(StatField field) const {
        const std::vector<std::string_view> words = stat_words(stat_);
        const size_t index = static_cast<size_t>(field) - static_cast<size_t>(StatField::state);
        return index < words.size() ? words[index] : std::string_view();
    }
    int64_t number(StatField field) const { return number_of(word(field)); }
    // The n-th word of a line of /proc/PID/status.
    std::string_view line(std::string_view label, size_t n = 0) const {
        const std::vector<std::string_view> words = words_of(value_after(status_, label));
        return n < words.size() ? words[n] : std::string_view();
    }

private:
    Facts(std::string stat, std::string status) : stat_(std::move(stat)), status_(std::move(status)) {}

    std::string stat_;
    std::string status_;
};

AttributeResult error(AttributeError code) { return static_cast<AttributeResult>(code); }

int64_t ticks(int64_t count) { return count / std::max<int64_t>(sysconf(_SC_CLK_TCK), 1); }

// The kernel writes priorities of processes as an offset from 100.
int64_t kernel_priority(const Facts& facts) { return facts.number(StatField::priority) + 100; }

int64_t boot_time() { return number_of(value_after(read_file("/proc/stat").value_or(std::string()), "btime ")); }

// "3" is 3; "0-3" and "0,2" are several: -1.
int64_t only_processor(std::string_view list) {
    return list.find_first_of(",-") == std::string_view::npos ? number_of(list) : -1;
}

int64_t highest_descriptor(int64_t pid) {
    const auto closer = [](DIR* directory) { closedir(directory); };
    const std::unique_ptr<DIR, decltype(closer)> directory(opendir(fmt::format("/proc/{}/fd", pid).c_str()), closer);
    int64_t highest = -1;
    while (directory) {
        const dirent* entry = readdir(directory.get());
        if (entry == nullptr) break;
        if (entry->d_name[0] != '.') highest = std::max(highest, number_of(entry->d_name));
    }
    return highest;
}

int64_t stack_limit(int64_t pid) {
    const std::string limits = read_file(fmt::format("/proc/{}/limits", pid)).value_or(std::string());
    const std::vector<std::string_view> words = words_of(value_after(limits, "Max stack size"));
    if (words.empty()) return 0;
    return words[0] == "unlimited" ? -1 : number_of(words[0]);
}

// 1 for a 64-bit program (class of its ELF file).
int64_t is_64_bit(int64_t pid) {
    const std::optional<std::string> vector = read_file(fmt::format("/proc/{}/auxv", pid));
    // Entries of the auxiliary vector are pairs of words; the type AT_PAGESZ (6) and its like leave the upper half of a
    // 64-bit word zero, while in a 32-bit vector the second 32 bits are a value.
    if (!vector || vector->size() < 16) return 1;
    const auto byte = [&](size_t at) { return static_cast<unsigned char>((*vector)[at]); };
    return byte(4) == 0 && byte(5) == 0 && byte(6) == 0 && byte(7) == 0 ? 1 : 0;
}

}  // namespace

bool process_exists(int64_t pid) {
    struct stat status {};
    return pid > 0 && stat(fmt::format("/proc/{}", pid).c_str(), &status) == 0;
}

AttributeResult read_process_attribute(int64_t pid, ProcessAttribute attribute, int64_t& value) {
    const std::optional<Facts> facts = Facts::of(pid);
    if (!facts) return error(AttributeError::invalid_proc);
    switch (attribute) {
        case ProcessAttribute::pid:
            value = number_of(facts->line("Tgid:"));
            return 0;
        case ProcessAttribute::ppid:
            value = facts->number(StatField::ppid);
            return 0;
        case ProcessAttribute::pgid:
            value = facts->number(StatField::pgrp);
            return 0;
        case ProcessAttribute::uid:
            value = number_of(facts->line("Uid:", 0));
            return 0;
        case ProcessAttribute::suid:
            value = number_of(facts->line("Uid:", 2));
            return 0;
        case ProcessAttribute::priority:
            value = kernel_priority(*facts);
            return 0;
        case ProcessAttribute::nice:
            value = facts->number(StatField::nice);
            return 0;
        case ProcessAttribute::major_faults:
            value = facts->number(StatField::majflt);
            return 0;
        case ProcessAttribute::minor_faults:
            value = facts->number(StatField::minflt);
            return 0;
        case ProcessAttribute::size:
            value = facts->number(StatField::vsize) / sysconf(_SC_PAGESIZE);
            return 0;
        case ProcessAttribute::sigpend:
            value = number_of(facts->line("ShdPnd:"), 16) | number_of(facts->line("SigPnd:"), 16);
            return 0;
        case ProcessAttribute::sigignore:
            value = number_of(facts->line("SigIgn:"), 16);
            return 0;
        case ProcessAttribute::sigcatch:
            value = number_of(facts->line("SigCgt:"), 16);
            return 0;
        case ProcessAttribute::forktime:
            value = boot_time() + ticks(facts->number(StatField::starttime));
            return 0;
        case ProcessAttribute::threadcount:
            value = facts->number(StatField::num_threads);
            return 0;
    }
    return error(AttributeError::invalid_attr);
}

AttributeResult read_thread_attribute(int64_t tid, ThreadAttribute attribute, int64_t& value) {
    const std::optional<Facts> facts = Facts::of(tid);
    if (!facts) return error(AttributeError::invalid_thread);
    switch (attribute) {
        case ThreadAttribute::tid:
            value = tid;
            return 0;
        case ThreadAttribute::state: {
            const std::string_view letter = facts->word(StatField::state);
            value = letter.empty() ? 0 : letter[0];
            return 0;
        }
        case ThreadAttribute::pid:
            value = number_of(facts->line("Tgid:"));
            return 0;
        case ThreadAttribute::policy:
            value = facts->number(StatField::policy);
            return 0;
        case ThreadAttribute::priority:
            value = kernel_priority(*facts);
            return 0;
        case ThreadAttribute::cpuid:
            value = only_processor(facts->line("Cpus_allowed_list:"));
            return 0;
        case ThreadAttribute::sigmask:
            value = number_of(facts->line("SigBlk:"), 16);
            return 0;
        case ThreadAttribute::homecpu:
            value = facts->number(StatField::processor);
            return 0;
    }
    return error(AttributeError::invalid_attr);
}

AttributeResult read_ublock_attribute(int64_t id, UblockAttribute attribute, int64_t& value) {
    const std::optional<Facts> facts = Facts::of(id);
    if (!facts) return error(AttributeError::invalid_proc);
    switch (attribute) {
        case UblockAttribute::text:
            value = facts->number(StatField::startcode);
            return 0;
        case UblockAttribute::tsize:
            value = facts->number(StatField::endcode) - facts->number(StatField::startcode);
            return 0;
        case UblockAttribute::data:
            value = facts->number(StatField::start_data);
            return 0;
        case UblockAttribute::stack:
            value = facts->number(StatField::startstack);
            return 0;
        case UblockAttribute::stkmax:
            value = stack_limit(id);
            return 0;
        case UblockAttribute::uid:
            value = number_of(facts->line("Uid:", 0));
            return 0;
        case UblockAttribute::euid:
            value = number_of(facts->line("Uid:", 1));
            return 0;
        case UblockAttribute::gid:
            value = number_of(facts->line("Gid:", 0));
            return 0;
        case UblockAttribute::egid:
            value = number_of(facts->line("Gid:", 1));
            return 0;
        case UblockAttribute::utime:
            value = ticks(facts->number(StatField::utime));
            return 0;
        case UblockAttribute::stime:
            value = ticks(facts->number(StatField::stime));
            return 0;
        case UblockAttribute::maxfd:
            value = highest_descriptor(id);
            return 0;
        case UblockAttribute::is64u:
            value = is_64_bit(id);
            return 0;
    }
    return error(AttributeError::invalid_attr);
}

}  // namespace probevue
