#include "runtime/kernel/links.h"

#include <fmt/format.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <deque>
#include <utility>
#include <vector>

#include "builtins/giving.h"
#include "builtins/unknown.h"
#include "runtime/kernel/link_table.h"
#include "runtime/kernel/network.h"
#include "runtime/sources/handle.h"

namespace probevue {
namespace {

uint64_t now_ns() {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

Error refused(const char* what) {
    return fail(fmt::format("messages of network devices: {}: {}", what, std::strerror(errno)), {},
                ExitStatus::permission);
}

// The fields that all events of a row have.
EventShape shape_of(const HookRow& row) {
    EventShape out;
    out.kind = row.kind;
    for (const EventFieldRow& field : event_fields()) {
        const bool told = is_told_of_nobody(field.field) || field.field == EventField::session_pid;
        const std::span<const HookField> rows = hook_fields(row);
        const bool in_message =
            std::any_of(rows.begin(), rows.end(), [&](const HookField& one) { return one.field == field.field; });
        if (told || in_message) out.fields.push_back({field.field});
    }
    return out;
}

class LinkEvents final : public EventSource {
public:
    LinkEvents(const Program& program, TupleNumbers numbers, const LinkOptions& options)
        : program_(program), numbers_(std::move(numbers)), options_(options), frame_(event_frame_size()) {
        for (const KernelMessages& messages : program_.kernel_messages) shapes_.push_back(shape_of(*messages.hook));
    }

    Status enable() override;

    State peek() override {
        if (ready_ || show()) return State::ready;
        if (!status_) return State::ended;
        receive();
        return show() ? State::ready : status_ ? State::waiting : State::ended;
    }

    const Event& head() const override { return event_; }
    void pop() override { ready_ = false; }
    int descriptor() const override { return socket_.get(); }
    std::string_view name() const override { return "netlink"; }
    std::span<const EventShape> shapes() const override { return shapes_; }
    SourceLosses losses() override { return {lost_}; }
    Status status() const override { return status_; }

    // What has come by now happened before the session's end, which was a moment ago: messages have no time of theirs.
    void disable() override {
        constexpr uint64_t moment_ns = 10'000'000;
        do {
            receive(moment_ns);
        } while ((dumping_ || stale_) && status_ && socket_);
        socket_ = Handle();
    }

private:
    struct Pending {
        LinkChange change;
        uint64_t time_ns;
    };

    Status open();
    void receive(uint64_t ago_ns = 0);
    Status ask_for_all();
    void take(std::span<const std::byte> packet);
    void add(std::vector<LinkChange> changes);
    bool show();
    void fill(const LinkChange& change);
    void put(EventField field, int64_t value) {
        std::memcpy(frame_.data() + event_field(field).offset, &value, sizeof value);
    }
    void put(EventField field, std::string_view text) {
        const EventFieldRow& row = event_field(field);
        std::memcpy(frame_.data() + row.offset, text.data(), std::min<size_t>(text.size(), row.type.size));
    }

    const Program& program_;
    TupleNumbers numbers_;  // by Program::kernel_messages
    LinkOptions options_;
    Handle socket_;
    uint32_t network_ = 0;  // inode of the namespace
    uint32_t sequence_ = 0;
    bool stale_ = false;    // messages were lost: all devices have to be asked for
    bool dumping_ = false;  // answers to ask_for_all() are still to come
    bool seeding_ = false;  // what they say is no event
    std::vector<LinkMessage> dump_;
    LinkTable table_;
    std::deque<Pending> pending_;
    size_t next_tuple_ = 0;  // of the first of them
    uint64_t lost_ = 0;      // times that the socket had no room for a message
    uint64_t time_ns_ = 0;   // of the messages that are being read: never before an earlier one
    Status status_;
    std::vector<std::byte> buffer_ = std::vector<std::byte>(65'536);
    std::vector<std::byte> frame_;
    std::vector<EventShape> shapes_;  // by Program::kernel_messages
    Event event_;
    bool ready_ = false;
};

Status LinkEvents::open() {
    const InNetwork there(options_.network);
    if (!there.status()) return there.status();
    struct stat status {};
    if (stat("/proc/thread-self/ns/net", &status) != 0) return refused("/proc/thread-self/ns/net");
    network_ = static_cast<uint32_t>(status.st_ino);
    socket_ = Handle(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    if (!socket_) return refused("socket");
    const auto bytes = static_cast<int>(std::min<uint32_t>(options_.buffer_bytes, 1u << 30));
    if (setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
        setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK;
    if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return refused("bind");
    return {};
}

// All devices, in messages that are told from others by the number. Asked when nothing waits to be read: the answer
// needs room, and while the kernel gives one it refuses another.
Status LinkEvents::ask_for_all() {
    stale_ = false;
    struct {
        nlmsghdr head;
        ifinfomsg body;
    } request{};
    request.head.nlmsg_len = sizeof request;
    request.head.nlmsg_type = RTM_GETLINK;
    request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.head.nlmsg_seq = ++sequence_;
    request.body.ifi_family = AF_UNSPEC;
    dump_.clear();
    if (send(socket_.get(), &request, sizeof request, 0) < 0) return refused("send");
    dumping_ = true;
    return {};
}

// The kernel answers a dump while it is asked for and read: nobody else is waited for.
Status LinkEvents::enable() {
    if (status_ = open(); !status_) return status_;
    seeding_ = true;
    if (status_ = ask_for_all(); !status_) return status_;
    while ((dumping_ || stale_) && status_) receive();
    seeding_ = false;
    return status_;
}

// Reads what there is. Messages that found no room are lost, nobody says how many: it is counted once, and behind what
// is left all devices are asked for, so that what has changed meanwhile is told as far as it can still be seen.
void LinkEvents::receive(uint64_t ago_ns) {
    while (status_ && socket_) {
        const ssize_t got = recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_TRUNC);
        const int error = got < 0 ? errno : 0;
        const bool cut = got > 0 && static_cast<size_t>(got) > buffer_.size();  // has more attributes than any yet
        if (error == EINTR) continue;
        if (error == EAGAIN && (!stale_ || dumping_)) return;
        if (error == EAGAIN) {
            status_ = ask_for_all();
        } else if (error == ENOBUFS || cut) {
            if (!seeding_) ++lost_;
            stale_ = true;
            if (cut) buffer_.resize(static_cast<size_t>(got));
        } else if (error != 0) {
            status_ = refused("recv");
        } else {
            time_ns_ = std::max(time_ns_, now_ns() - ago_ns);
            take(std::span(buffer_).first(static_cast<size_t>(got)));
        }
    }
}

void LinkEvents::take(std::span<const std::byte> packet) {
    nlmsghdr head{};
    while (packet.size() >= sizeof head) {
        std::memcpy(&head, packet.data(), sizeof head);
        if (head.nlmsg_len < sizeof head || head.nlmsg_len > packet.size()) return;
        const std::span<const std::byte> payload = packet.subspan(NLMSG_HDRLEN, head.nlmsg_len - NLMSG_HDRLEN);
        packet = packet.subspan(std::min(packet.size(), size_t{NLMSG_ALIGN(head.nlmsg_len)}));
        const bool answer = (head.nlmsg_flags & NLM_F_MULTI) != 0;
        if (answer && head.nlmsg_seq != sequence_) continue;  // of a dump that another one has taken the place of
        if (head.nlmsg_type == NLMSG_DONE && dumping_) {
            dumping_ = false;
            if (!stale_) add(table_.compare(dump_));
            continue;
        }
        if (head.nlmsg_type == NLMSG_ERROR && dumping_) {
            int error = 0;
            if (payload.size() >= sizeof error) std::memcpy(&error, payload.data(), sizeof error);
            errno = -error;
            status_ = refused("RTM_GETLINK");
            return;
        }
        const std::optional<LinkMessage> message = read_link_message(head.nlmsg_type, payload);
        if (!message) continue;
        if (answer) {
            dump_.push_back(*message);
        } else {
            // What was dumped of the device before is older.
            std::erase_if(dump_, [&](const LinkMessage& one) { return one.index == message->index; });
            if (dumping_ && !message->removed) dump_.push_back(*message);
            add(table_.apply(*message));
        }
    }
}

void LinkEvents::add(std::vector<LinkChange> changes) {
    if (seeding_) return;
    for (LinkChange& change : changes) {
        const auto wanted = [&](const KernelMessages& one) { return one.hook->kind == change.kind; };
        if (std::any_of(program_.kernel_messages.begin(), program_.kernel_messages.end(), wanted))
            pending_.push_back({std::move(change), time_ns_});
    }
}

// The next tuple that wants the first pending change; false when there is none.
bool LinkEvents::show() {
    while (!pending_.empty()) {
        const Pending& first = pending_.front();
        const auto at = std::find_if(program_.kernel_messages.begin(), program_.kernel_messages.end(),
                                     [&](const KernelMessages& one) { return one.hook->kind == first.change.kind; });
        const auto index = static_cast<size_t>(at - program_.kernel_messages.begin());
        const std::vector<uint32_t>& tuples = numbers_[index];
        const size_t before = next_tuple_;
        while (next_tuple_ < tuples.size() && tuples[next_tuple_] == no_tuple) ++next_tuple_;
        if (next_tuple_ >= tuples.size()) {
            pending_.pop_front();
            next_tuple_ = 0;
            continue;
        }
        if (before == 0) fill(first.change);
        event_.again = before != 0;
        event_.time_ns = first.time_ns;
        event_.shape = &shapes_[index];
        event_.probe = tuples[next_tuple_++];
        return ready_ = true;
    }
    return false;
}

void LinkEvents::fill(const LinkChange& change) {
    std::fill(frame_.begin(), frame_.end(), std::byte{0});
    for (const EventFieldRow& field : event_fields()) {
        if (!is_told_of_nobody(field.field) || field.type.kind == ValueKind::string) continue;
        put(field.field, field.type.kind == ValueKind::u32 ? int64_t{UINT32_MAX} : -1);
    }
    put(EventField::session_pid, getpid());
    put(EventField::dev_name, change.name);
    put(EventField::ifindex, change.index);
    put(EventField::netns, network_);
    put(EventField::old_mtu, change.old_mtu);
    put(EventField::new_mtu, change.new_mtu);
    put(EventField::old_mac, static_cast<int64_t>(change.old_mac));
    put(EventField::new_mac, static_cast<int64_t>(change.new_mac));
    put(EventField::mac_len, change.mac_len);
    put(EventField::device_flag, change.flag);
    put(EventField::inc, change.inc);
    put(EventField::enable, change.enable ? 1 : 0);
    put(EventField::disable, change.disable ? 1 : 0);
    event_.is_packet = false;
    event_.fields = frame_.data();
    event_.pid = -1;
    event_.tid = -1;
}

}  // namespace

std::string links_refusal() {
    const Handle trial(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    return trial ? std::string() : std::string(std::strerror(errno));
}

std::unique_ptr<EventSource> link_events(const Program& program, TupleNumbers numbers, const LinkOptions& options) {
    return std::make_unique<LinkEvents>(program, std::move(numbers), options);
}

}  // namespace probevue
