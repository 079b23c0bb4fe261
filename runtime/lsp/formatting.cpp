#include "runtime/lsp/features.h"

namespace probevue::lsp {

// One edit of the whole text: clients find out what of it is new. A script with errors in its syntax stays as it is,
// and its messages are there already.
Json formatting(const Asked& asked) {
    const std::optional<std::string> formatted = asked.checker.formatted(std::string(asked.document.text()));
    if (!formatted || *formatted == asked.document.text()) return Json::array();
    return Json::array({{{"range", asked.document.whole_range()}, {"newText", *formatted}}});
}

}  // namespace probevue::lsp
