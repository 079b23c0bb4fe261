#include <fmt/format.h>
#include <sys/stat.h>
#include <uuid/uuid.h>
#include <xxhash.h>

#include <array>
#include <fstream>
#include <memory>

#include "runtime/state/state.h"

namespace probevue {
namespace {

// XXH3 of 128 bits: it tells files and scripts apart that nobody has made to be taken for others.
class Hash {
public:
    Hash() : state_(XXH3_createState()) { XXH3_128bits_reset(state_.get()); }
    void add(std::string_view bytes) { XXH3_128bits_update(state_.get(), bytes.data(), bytes.size()); }
    // A part of its own: "ab" and "c" are not "a" and "bc".
    void part(std::string_view bytes) { add(fmt::format("{}:{}\n", bytes.size(), bytes)); }
    std::string text() const {
        const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
        return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
    }

private:
    struct Free {
        void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
    };
    std::unique_ptr<XXH3_state_t, Free> state_;
};

void add(Hash& hash, const RecordField& field) {
    // Numbers of enumerators go into the hash: where those are put in another order, states of before are of another
    // script.
    hash.part(fmt::format("{} {} {} {} {}", static_cast<int>(field.kind), field.offset, field.size, field.width,
                          field.is_signed));
}

}  // namespace

std::string program_hash(const Program& program, std::string_view text) {
    Hash hash;
    // The text alone would not do: another version may lay the same variables out otherwise.
    hash.part(text);
    for (const MergeVariable& variable : program.merge.variables)
        hash.part(fmt::format("{} {} {}", variable.name, variable.array, static_cast<int>(variable.rule)));
    for (const MapDescription& map : program.maps) {
        for (const VariableDescription& variable : map.variables) {
            hash.part(variable.name);
            add(hash, variable.value);
        }
        if (map.kind != MapKind::array) continue;
        hash.part(map.layout.name);
        for (const RecordField& key : map.layout.keys) add(hash, key);
        add(hash, map.layout.value);
    }
    return hash.text();
}

std::string new_uuid() {
    uuid_t bytes;
    uuid_generate_random(bytes);
    std::array<char, UUID_STR_LEN> text;
    uuid_unparse_lower(bytes, text.data());
    return text.data();
}

std::string stream_hash(const std::vector<std::string>& paths) {
    // Bytes at either end: reading all of a capture would take as long as its replay.
    constexpr size_t looked_at = 64 * 1024;
    Hash hash;
    for (const std::string& path : paths) {
        struct stat file {};
        // Not opened before it is known to be a file: of a FIFO, that would take what its writer has for the session.
        if (path == "-" || stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) return new_uuid();
        std::ifstream stream(path, std::ios::binary);
        if (!stream) return new_uuid();
        hash.part(fmt::format("{}", file.st_size));
        std::array<char, looked_at> bytes;
        for (const bool end : {false, true}) {
            if (end) {
                // In a shorter file the first read has come to its end: a stream does not seek before that is cleared.
                stream.clear();
                stream.seekg(std::max<off_t>(0, file.st_size - static_cast<off_t>(looked_at)));
            }
            stream.read(bytes.data(), bytes.size());
            hash.part({bytes.data(), static_cast<size_t>(stream.gcount())});
        }
    }
    return hash.text();
}

}  // namespace probevue
