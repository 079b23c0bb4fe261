#include "runtime/metrics/push.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <utility>

namespace probevue {
namespace {

constexpr long connect_ms = 3'000;
constexpr long most_ms = 5'000;

// The functions that are used here, out of the library.
struct Curl {
    decltype(&curl_global_init) global_init = nullptr;
    decltype(&curl_easy_init) easy_init = nullptr;
    decltype(&curl_easy_setopt) easy_setopt = nullptr;
    decltype(&curl_easy_perform) easy_perform = nullptr;
    decltype(&curl_easy_getinfo) easy_getinfo = nullptr;
    decltype(&curl_easy_strerror) easy_strerror = nullptr;
    decltype(&curl_easy_cleanup) easy_cleanup = nullptr;
    decltype(&curl_slist_append) slist_append = nullptr;
    decltype(&curl_slist_free_all) slist_free_all = nullptr;
    decltype(&curl_url) url = nullptr;
    decltype(&curl_url_set) url_set = nullptr;
    decltype(&curl_url_get) url_get = nullptr;
    decltype(&curl_url_cleanup) url_cleanup = nullptr;
    decltype(&curl_free) free = nullptr;

#if PROBEVUE_STATIC
    // A library that is loaded would bring a second C library along.
    static constexpr bool can_be_loaded = false;
    bool load() { return false; }
#else
    static constexpr bool can_be_loaded = true;
    // False: the library is not there, or is not the one that is meant.
    bool load() {
        void* library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) return false;
        const auto find = [library](auto& function, const char* name) {
            function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
            return function != nullptr;
        };
        return find(global_init, "curl_global_init") && find(easy_init, "curl_easy_init") &&
               find(easy_setopt, "curl_easy_setopt") && find(easy_perform, "curl_easy_perform") &&
               find(easy_getinfo, "curl_easy_getinfo") && find(easy_strerror, "curl_easy_strerror") &&
               find(easy_cleanup, "curl_easy_cleanup") && find(slist_append, "curl_slist_append") &&
               find(slist_free_all, "curl_slist_free_all") && find(url, "curl_url") && find(url_set, "curl_url_set") &&
               find(url_get, "curl_url_get") && find(url_cleanup, "curl_url_cleanup") && find(free, "curl_free");
    }
#endif
};

size_t ignore(char*, size_t size, size_t count, void*) { return size * count; }

int look_whether_given_up(void* given_up, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::atomic<bool>*>(given_up)->load() ? 1 : 0;
}

class CurlPusher final : public Pusher {
public:
    CurlPusher(const Curl& curl, std::string url, std::string shown, bool replaces)
        : curl_(curl), url_(std::move(url)), shown_(std::move(shown)), replaces_(replaces) {
        headers_ = curl_.slist_append(headers_, "Content-Type: text/plain; version=0.0.4; charset=utf-8");
        headers_ = curl_.slist_append(headers_, "Expect:");  // no waiting for leave to send
    }
    ~CurlPusher() override { curl_.slist_free_all(headers_); }
    CurlPusher(const CurlPusher&) = delete;
    CurlPusher& operator=(const CurlPusher&) = delete;

    Status push(std::string_view text, const std::atomic<bool>& given_up) override {
        CURL* easy = curl_.easy_init();
        if (easy == nullptr) return fail("libcurl gives no connection");
        const auto set = [&](CURLoption option, auto value) { curl_.easy_setopt(easy, option, value); };
        set(CURLOPT_URL, url_.c_str());
        set(CURLOPT_NOSIGNAL, 1L);  // there are other threads
        set(CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
        set(CURLOPT_TIMEOUT_MS, most_ms);
        set(CURLOPT_USERAGENT, "probevue");
        set(CURLOPT_HTTPHEADER, headers_);
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDS, text.data());
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text.size()));
        // PUT replaces the whole group at a Pushgateway; POST would leave series there that are no more.
        if (replaces_) set(CURLOPT_CUSTOMREQUEST, "PUT");
        set(CURLOPT_WRITEFUNCTION, &ignore);
        // Without this the function below is never called.
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &look_whether_given_up);
        set(CURLOPT_XFERINFODATA, const_cast<void*>(static_cast<const void*>(&given_up)));
        const CURLcode code = curl_.easy_perform(easy);
        long status = 0;
        curl_.easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_.easy_cleanup(easy);
        if (code != CURLE_OK)
            return fail(fmt::format("--push: {} does not take metrics: {}", shown_, curl_.easy_strerror(code)));
        if (status / 100 != 2)
            return fail(fmt::format("--push: {} does not take metrics: it answers with status {}", shown_, status));
        return {};
    }

private:
    Curl curl_;
    std::string url_;
    std::string shown_;
    bool replaces_;
    curl_slist* headers_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<Pusher>> Pusher::open(const std::string& url) {
    Curl curl;
    if (!Curl::can_be_loaded)
        return fail("--push loads the library libcurl, and a statically linked probevue cannot",
                    "take --textfile or --metrics, or a probevue that is linked to the libraries of the system",
                    ExitStatus::usage);
    if (!curl.load())
        return fail("--push needs the library libcurl.so.4, and it is not there", "on Debian: apt install libcurl4",
                    ExitStatus::usage);
    curl.global_init(CURL_GLOBAL_DEFAULT);
    CURLU* parsed = curl.url();
    const auto part = [&](CURLUPart which) {
        char* found = nullptr;
        std::string out;
        if (curl.url_get(parsed, which, &found, 0) == CURLUE_OK && found != nullptr) out = found;
        curl.free(found);
        return out;
    };
    const bool is_url = curl.url_set(parsed, CURLUPART_URL, url.c_str(), 0) == CURLUE_OK;
    const std::string scheme = part(CURLUPART_SCHEME);
    const std::string host = part(CURLUPART_HOST);
    const std::string port = part(CURLUPART_PORT);
    const std::string path = part(CURLUPART_PATH);
    curl.url_cleanup(parsed);
    if (!is_url || (scheme != "http" && scheme != "https") || host.empty())
        return fail(fmt::format("--push wants a URL of http or https, not `{}`", url),
                    "http://localhost:9091/metrics/job/probevue is a Pushgateway's", ExitStatus::usage);
    const bool replaces = path.find("/metrics/job") != std::string::npos;
    return std::unique_ptr<Pusher>(std::make_unique<CurlPusher>(
        // Messages show no more of the URL than this: it may hold a password.
        curl, url, fmt::format("{}://{}{}{}", scheme, host, port.empty() ? "" : ":", port), replaces));
}

}  // namespace probevue
