// Memory that many values share, so that keys that come from the network cannot take more of it than the user gave.
#pragma once

#include <cstddef>

namespace probevue {

class Room {
public:
    explicit Room(size_t bytes) : left_(bytes) {}

    // False: there is not so much left, nothing was taken.
    bool take(size_t bytes) {
        if (bytes > left_) return false;
        left_ -= bytes;
        return true;
    }
    void give_back(size_t bytes) { left_ += bytes; }
    size_t left() const { return left_; }

private:
    size_t left_;  // bytes
};

}  // namespace probevue
