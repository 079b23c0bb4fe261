// The HTTP endpoint of --metrics: one thread that hands out texts of a TextExchange. Nothing that comes from a scraper
// reaches the session: connections are few, each has ten seconds and one request, and a little memory.
#pragma once

#include <memory>
#include <string>

#include "builtins/base/result.h"
#include "runtime/metrics/address.h"
#include "runtime/metrics/exchange.h"

namespace probevue {

class MetricsServer {
public:
    // Binds and listens; nobody is answered before start(). Errors: the address is in use or not one of this machine
    // (ExitStatus::usage), and others of the system.
    static Result<std::unique_ptr<MetricsServer>> open(const ListenAddress& address);
    virtual ~MetricsServer() = default;
    // `http://127.0.0.1:9465/metrics`, with the port that it got.
    virtual std::string url() const = 0;
    // `texts` outlives this. Errors: the library cannot be started.
    virtual Status start(TextExchange& texts) = 0;
    // Closes all connections, once what is on its way has gone out or its time is over.
    virtual void stop() = 0;
};

}  // namespace probevue
