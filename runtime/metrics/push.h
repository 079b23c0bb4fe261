// Sends texts to a URL: a Pushgateway, or what takes Prometheus' text format (`/api/v1/import/prometheus` of
// VictoriaMetrics).
//
// The work is libcurl's, which is loaded when it is asked for only: linked, its thirty libraries would make each start
// of probevue half as long again.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "builtins/base/result.h"

namespace probevue {

class Pusher {
public:
    // Errors (ExitStatus::usage): the URL is none of http or https; libcurl is not there, or the program is statically
    // linked.
    static Result<std::unique_ptr<Pusher>> open(const std::string& url);
    virtual ~Pusher() = default;
    // Within five seconds, or until `given_up`. PUT for a group of a Pushgateway (`/metrics/job/NAME`), which it
    // replaces; else POST. Errors: it cannot be reached, or does not take it; without what the URL has of passwords.
    virtual Status push(std::string_view text, const std::atomic<bool>& given_up) = 0;
};

}  // namespace probevue
