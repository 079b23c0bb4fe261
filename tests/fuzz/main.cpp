// Runs a target on files, and on those in folders, without a fuzzer: its seeds and what has been found are a test of
// every build. With `--seconds N` files that are changed at random follow, for so long: for builds without a fuzzer. It
// does not see what an input reaches, and finds less.
// usage: fuzz_NAME [--seconds N] PATH...
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/fuzz.h"

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;

// The input that runs, for when the process ends in it. Read by a signal handler.
const Bytes* running = nullptr;
constexpr const char* kept = "fuzz-finding";

// Keeps the input in the working directory; the signal then does what it would have done.
void keep(int signal) {
    const int file = open(kept, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file >= 0 && running != nullptr) {
        [[maybe_unused]] const ssize_t written = write(file, running->data(), running->size());
        constexpr std::string_view said = "fuzz: the input is kept as fuzz-finding\n";
        [[maybe_unused]] const ssize_t told = write(STDERR_FILENO, said.data(), said.size());
    }
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void run(const Bytes& bytes) {
    running = &bytes;
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    running = nullptr;
}

Bytes contents(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> files_of(const fs::path& path) {
    std::vector<fs::path> out;
    if (fs::is_directory(path)) {
        for (const auto& entry : fs::directory_iterator(path)) {
            if (entry.is_regular_file()) out.push_back(entry.path());
        }
        std::sort(out.begin(), out.end());
    } else {
        out.push_back(path);
    }
    return out;
}

// Some bytes set, taken out, put in, doubled, or taken over from another file.
Bytes changed(Bytes bytes, const Bytes& other, std::mt19937& random) {
    const auto below = [&](size_t bound) { return bound == 0 ? size_t{0} : random() % bound; };
    for (size_t changes = 1 + below(4); changes > 0; --changes) {
        const size_t at = below(bytes.size() + 1);
        const auto place = bytes.begin() + static_cast<ptrdiff_t>(at);
        const size_t length = std::min(1 + below(16), bytes.size() - at);
        const auto end = place + static_cast<ptrdiff_t>(length);
        switch (below(5)) {
            case 0:
                for (auto byte = place; byte != end; ++byte) *byte = static_cast<uint8_t>(random());
                break;
            case 1:
                if (at < bytes.size()) *place = static_cast<uint8_t>(*place ^ 1U << below(8));
                break;
            case 2:
                bytes.erase(place, end);
                break;
            case 3: {
                const Bytes again(place, end);
                bytes.insert(place, again.begin(), again.end());
                break;
            }
            default: {
                const size_t from = below(other.size());
                const size_t taken = std::min(1 + below(64), other.size() - from);
                const auto first = other.begin() + static_cast<ptrdiff_t>(from);
                bytes.insert(place, first, first + static_cast<ptrdiff_t>(taken));
            }
        }
    }
    return bytes;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    std::chrono::seconds seconds{0};
    if (arguments.size() >= 2 && arguments[0] == "--seconds") {
        seconds = std::chrono::seconds(std::strtoul(arguments[1].c_str(), nullptr, 10));
        arguments.erase(arguments.begin(), arguments.begin() + 2);
    }
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, keep);
    std::vector<Bytes> files;
    for (const std::string& argument : arguments) {
        if (!fs::exists(argument)) {
            fmt::print(stderr, "fuzz: there is no `{}`\n", argument);
            return 2;
        }
        for (const fs::path& path : files_of(argument)) {
            files.push_back(contents(path));
            run(files.back());
        }
    }
    if (files.empty()) {
        fmt::print(stderr, "usage: fuzz_NAME [--seconds N] PATH...\n");
        return 2;
    }
    uint64_t runs = files.size();
    std::mt19937 random(std::random_device{}());
    const auto end = std::chrono::steady_clock::now() + seconds;
    while (std::chrono::steady_clock::now() < end) {
        for (int i = 0; i < 16; ++i, ++runs)
            run(changed(files[random() % files.size()], files[random() % files.size()], random));
    }
    fmt::print("{} inputs ran\n", runs);
    return 0;
}
