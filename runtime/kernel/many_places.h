// Attaching one program at many places by one call. Private to runtime/kernel.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/sources/handle.h"

namespace probevue {

class ManyPlaces {
public:
    // Makes a link to `count` places from the first on; on failure `errno` says why.
    using Create = std::function<Handle(size_t first, size_t count)>;
    // The error of the one place, from `errno`.
    using Refused = std::function<Error(size_t place)>;

    // `all_needed`: after the first refusal nothing more is tried.
    ManyPlaces(bool all_needed, std::vector<Handle>& links) : all_needed_(all_needed), links_(links) {}

    // One place that cannot be had spoils it for all: it is found by halves, and left out.
    void attach(size_t first, size_t count, const Create& create, const Refused& refused) {
        if (count == 0 || (refused_ && all_needed_)) return;
        if (Handle link = create(first, count)) {
            links_.push_back(std::move(link));
            attached_ += count;
            return;
        }
        if (count == 1) {
            if (!refused_) refused_ = refused(first);
            return;
        }
        attach(first, count / 2, create, refused);
        attach(first + count / 2, count - count / 2, create, refused);
    }

    // The first refusal, when all were needed or none was taken.
    Status status() const {
        if (refused_ && (all_needed_ || attached_ == 0)) return *refused_;
        return {};
    }

private:
    bool all_needed_;
    std::vector<Handle>& links_;
    std::optional<Error> refused_;
    size_t attached_ = 0;
};

}  // namespace probevue
