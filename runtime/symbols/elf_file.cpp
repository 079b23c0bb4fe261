#include "runtime/symbols/elf_file.h"

#include <cxxabi.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "builtins/base/text.h"

namespace probevue {

// A file with its view by libelf, which maps it into memory.
struct ElfFile::Opened {
    int fd = -1;
    Elf* elf = nullptr;

    ~Opened() {
        if (elf != nullptr) elf_end(elf);
        if (fd >= 0) close(fd);
    }

    bool open(const std::string& path) {
        fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (fd < 0) return false;
        // libelf wants to be asked for its version before anything else (elf_version(3)).
        elf_version(EV_CURRENT);
        elf = elf_begin(fd, ELF_C_READ_MMAP, nullptr);
        if (elf == nullptr || elf_kind(elf) != ELF_K_ELF) {
            errno = ENOEXEC;
            return false;
        }
        return true;
    }

    std::string_view text(size_t section, size_t offset) const {
        const char* found = elf_strptr(elf, section, offset);
        return found == nullptr ? std::string_view() : std::string_view(found);
    }
};

ElfFile::ElfFile() : file_(std::make_unique<Opened>()) {}
ElfFile::~ElfFile() = default;

Result<std::unique_ptr<ElfFile>> ElfFile::open(const std::string& path) {
    std::unique_ptr<ElfFile> out(new ElfFile);
    if (!out->read(path)) {
        const char* why = errno == ENOEXEC ? "it is no ELF program or library" : std::strerror(errno);
        return fail(fmt::format("cannot read the symbols of `{}`: {}", path, why),
                    errno == ENOEXEC ? "of a script, name the program that runs it" : "", ExitStatus::usage);
    }
    return out;
}

bool ElfFile::read(const std::string& path) {
    if (!file_->open(path)) return false;
    GElf_Ehdr header{};
    if (gelf_getehdr(file_->elf, &header) == nullptr || (header.e_type != ET_EXEC && header.e_type != ET_DYN)) {
        errno = ENOEXEC;
        return false;
    }
    is_64bit_ = gelf_getclass(file_->elf) == ELFCLASS64;
    read_segments(*file_);
    read_dynamic(*file_, path);
    if (const std::string separate = debug_file(*file_); !separate.empty()) {
        debug_ = std::make_unique<Opened>();
        // Before those of the file itself: at an address with several names the first stays first, and these are the
        // full ones.
        if (debug_->open(separate)) read_symbols(*debug_);
    }
    read_symbols(*file_);
    std::stable_sort(functions_.begin(), functions_.end(),
                     [](const FunctionSymbol& a, const FunctionSymbol& b) { return a.address < b.address; });
    return true;
}

void ElfFile::read_segments(const Opened& file) {
    size_t count = 0;
    if (elf_getphdrnum(file.elf, &count) != 0) return;
    for (size_t i = 0; i < count; ++i) {
        GElf_Phdr header{};
        if (gelf_getphdr(file.elf, static_cast<int>(i), &header) == nullptr) continue;
        // p_filesz, not p_memsz: what lies in memory beyond that is zeros, and no place in the file.
        if (header.p_type == PT_LOAD) segments_.push_back({header.p_vaddr, header.p_offset, header.p_filesz});
        if (header.p_type != PT_INTERP) continue;
        size_t size = 0;
        const char* bytes = elf_rawfile(file.elf, &size);
        if (bytes != nullptr && header.p_offset < size)
            interpreter_ =
                std::string(bytes + header.p_offset, strnlen(bytes + header.p_offset, size - header.p_offset));
    }
}

void ElfFile::read_dynamic(const Opened& file, const std::string& path) {
    std::string directory = std::filesystem::path(path).parent_path().string();
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(file.elf, section)) != nullptr;) {
        GElf_Shdr header{};
        if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_DYNAMIC) continue;
        Elf_Data* data = elf_getdata(section, nullptr);
        GElf_Dyn entry{};
        for (int i = 0; data != nullptr && gelf_getdyn(data, i, &entry) != nullptr && entry.d_tag != DT_NULL; ++i) {
            if (entry.d_tag == DT_NEEDED) needed_.emplace_back(file.text(header.sh_link, entry.d_un.d_val));
            // ld.so(8) gives up DT_RPATH where there is a DT_RUNPATH too; here both are looked in.
            if (entry.d_tag != DT_RUNPATH && entry.d_tag != DT_RPATH) continue;
            for (const std::string_view part : split(file.text(header.sh_link, entry.d_un.d_val), ':')) {
                std::string one(part);
                for (const std::string_view origin : {"${ORIGIN}", "$ORIGIN"}) {
                    if (const size_t at = one.find(origin); at != std::string::npos)
                        one.replace(at, origin.size(), directory);
                }
                run_path_.push_back(std::move(one));
            }
        }
    }
}

void ElfFile::read_symbols(const Opened& file) {
    // The full table first: it knows static functions too.
    for (const unsigned type : {SHT_SYMTAB, SHT_DYNSYM}) {
        for (Elf_Scn* section = nullptr; (section = elf_nextscn(file.elf, section)) != nullptr;) {
            GElf_Shdr header{};
            if (gelf_getshdr(section, &header) == nullptr || header.sh_type != type || header.sh_entsize == 0) continue;
            Elf_Data* data = elf_getdata(section, nullptr);
            const size_t count = data == nullptr ? 0 : data->d_size / header.sh_entsize;
            for (size_t i = 0; i < count; ++i) {
                GElf_Sym symbol{};
                if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) break;
                const unsigned kind = GELF_ST_TYPE(symbol.st_info);
                // Undefined ones are in another file.
                if ((kind != STT_FUNC && kind != STT_GNU_IFUNC) || symbol.st_shndx == SHN_UNDEF || symbol.st_value == 0)
                    continue;
                const std::string_view name = file.text(header.sh_link, symbol.st_name);
                if (name.empty()) continue;
                functions_.push_back({name, symbol.st_value, symbol.st_size, kind == STT_GNU_IFUNC});
            }
        }
    }
}

// Where Debian and others keep the symbols of stripped files.
std::string ElfFile::debug_file(const Opened& file) const {
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(file.elf, section)) != nullptr;) {
        GElf_Shdr header{};
        if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_NOTE) continue;
        Elf_Data* data = elf_getdata(section, nullptr);
        GElf_Nhdr note{};
        size_t name = 0;
        size_t description = 0;
        for (size_t at = 0; data != nullptr && (at = gelf_getnote(data, at, &note, &name, &description)) > 0;) {
            const auto* bytes = static_cast<const uint8_t*>(data->d_buf);
            // The name is GNU with its NUL, four bytes; the first byte of the id is the folder, the others are the
            // file.
            if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 || std::memcmp(bytes + name, "GNU", 4) != 0 ||
                note.n_descsz < 2)
                continue;
            std::string path = fmt::format("/usr/lib/debug/.build-id/{:02x}/", bytes[description]);
            for (size_t i = 1; i < note.n_descsz; ++i) path += fmt::format("{:02x}", bytes[description + i]);
            path += ".debug";
            return access(path.c_str(), R_OK) == 0 ? path : std::string();
        }
    }
    return {};
}

const FunctionSymbol* ElfFile::function_at(uint64_t address) const {
    auto after = std::upper_bound(functions_.begin(), functions_.end(), address,
                                  [](uint64_t value, const FunctionSymbol& one) { return value < one.address; });
    if (after == functions_.begin()) return nullptr;
    const uint64_t start = std::prev(after)->address;
    // The first of several names: the full table's.
    const auto first = std::lower_bound(functions_.begin(), after, start,
                                        [](const FunctionSymbol& one, uint64_t value) { return one.address < value; });
    // Assembler leaves some names without a size: that of any of them counts.
    uint64_t size = 0;
    for (auto one = first; one != after; ++one) size = std::max(size, one->size);
    return size != 0 && address >= start + size ? nullptr : &*first;
}

std::optional<uint64_t> ElfFile::offset_of(uint64_t address) const {
    for (const Segment& segment : segments_) {
        if (address >= segment.address && address - segment.address < segment.size)
            return address - segment.address + segment.offset;
    }
    return std::nullopt;
}

std::optional<uint64_t> ElfFile::address_at(uint64_t offset) const {
    for (const Segment& segment : segments_) {
        if (offset >= segment.offset && offset - segment.offset < segment.size)
            return offset - segment.offset + segment.address;
    }
    return std::nullopt;
}

std::string demangled(std::string_view name) {
    std::string text(name);
    if (!name.starts_with("_Z")) return text;
    int status = 0;
    char* plain = abi::__cxa_demangle(text.c_str(), nullptr, nullptr, &status);
    if (status == 0 && plain != nullptr) text = plain;
    std::free(plain);
    return text;
}

}  // namespace probevue
