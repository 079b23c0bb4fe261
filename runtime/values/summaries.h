// All distributions and counts of different values of a program, by the handles that array elements hold, in one Room.
#pragma once

#include <cstdint>

#include "runtime/values/distinct.h"
#include "runtime/values/distribution.h"
#include "runtime/values/handle_table.h"
#include "runtime/values/room.h"

namespace probevue {

struct Summaries {
    explicit Summaries(size_t bytes) : room(bytes) {}

    Room room;
    HandleTable<Distribution> distributions;
    HandleTable<Distinct> distincts;

    // The value behind a handle, made when there is none. Null: there is no room for one.
    template <typename T>
    T* made(HandleTable<T>& table, uint64_t& handle) {
        T* found = table.find(handle);
        if (found != nullptr) return found;
        if (!room.take(sizeof(T))) return nullptr;
        handle = table.make(T{});
        return table.find(handle);
    }
    template <typename T>
    void release(HandleTable<T>& table, uint64_t handle) {
        const T* found = table.find(handle);
        if (found == nullptr) return;
        room.give_back(found->taken() + sizeof(T));
        table.release(handle);
    }
};

}  // namespace probevue
