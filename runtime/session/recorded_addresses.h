// The addresses of the hosts that files of a replay come from: those that their interfaces have (if_IPv4addr,
// if_IPv6addr of pcapng). Private to runtime/session.
#pragma once

#include <map>
#include <set>

#include "runtime/engine/engine.h"
#include "runtime/sources/capture.h"

namespace probevue {

class RecordedAddresses final : public HostAddresses {
public:
    // What follows comes from this file, which outlives its last use.
    void choose(const CaptureReader& file) { file_ = &file; }

    bool known() override { return !of_file().all.empty(); }
    bool contains(const IpAddress& address) override { return of_file().all.contains(address); }

private:
    struct Less {
        bool operator()(const IpAddress& a, const IpAddress& b) const { return compare(a, b) < 0; }
    };
    struct OfFile {
        size_t interfaces = 0;  // that have been looked at
        std::set<IpAddress, Less> all;
    };

    // With the interfaces that have been described meanwhile.
    OfFile& of_file() {
        OfFile& out = files_[file_];
        while (file_ != nullptr && out.interfaces < file_->interfaces().size()) {
            for (const InterfaceAddress& one : file_->interfaces()[out.interfaces].addresses)
                out.all.insert(unmapped(one.address));
            ++out.interfaces;
        }
        return out;
    }

    const CaptureReader* file_ = nullptr;
    std::map<const CaptureReader*, OfFile> files_;
};

}  // namespace probevue
