// The one place of the project that sees ANTLR: private to this folder.
#pragma once

#include <VueLexer.h>
#include <VueParser.h>
#include <VueParserBaseVisitor.h>

namespace probevue::syntax {

using Lexer = vuegrammar::VueLexer;
using Parser = vuegrammar::VueParser;
using Visitor = vuegrammar::VueParserBaseVisitor;

}  // namespace probevue::syntax
