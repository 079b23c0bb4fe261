// The words of Vue, the tracing language of AIX ProbeVue.
//
// No actions and no predicates stand here, so this file reads as the definition of the language. What happens to the
// text before it comes here (compiler/source): lines that begin with `#` are blanked out, shell elements ($1, $NAME) are
// replaced, typographic quotes become plain ones. Every byte above 127 arrives as U+007F, so that a position here is
// a byte offset there.
//
// Between lexer and parser (compiler/syntax) two things happen to the tokens:
//   - attributes that say nothing about layout are left out, and so is `__asm__(...)` and its kind;
//   - an Identifier that names a type (a built-in type or a typedef seen before) becomes a TypeName, as in any C parser.
lexer grammar VueLexer;

tokens { TypeName }

// ---------------------------------------------------------------------------------------------- blanks and comments

Blank : [ \t\r\n\f\u000B]+ -> skip ;

// `/* ... */` and `//`, inside and outside clauses. A block comment that never ends reaches to the end of the text.
BlockComment : '/*' .*? ( '*/' | EOF ) -> channel(HIDDEN) ;
LineComment  : '//' ~[\r\n]*           -> channel(HIDDEN) ;

// ------------------------------------------------------------------------------------------------- probe specifications

// `@@` begins a probe tuple, which has words of its own: see mode Tuple.
At : '@@' -> mode(Tuple) ;

// --------------------------------------------------------------------------------------------------- storage classes

// Explicit declaration: `__auto int x;`. Without a class a variable is global.
ClassAuto   : '__auto' ;
ClassThread : '__thread' ;
ClassGlobal : '__global' ;
ClassKernel : '__kernel' ;

// First use: `thread:t0 = timestamp();`. The colon follows at once, so `a ? thread : b` stays an expression.
ClassPrefix : ( 'auto' | 'thread' | 'global' | 'kernel' | '__auto' | '__thread' | '__global' | '__kernel' | '__k' ) ':' ;

// ---------------------------------------------------------------------------------------------------------- keywords

// Supported in Vue code. (`__list`, `String`, `range_t` and the other types of Vue are names, not keywords.)
Char     : 'char' ;
Double   : 'double' ;
Else     : 'else' ;
Enum     : 'enum' ;
Float    : 'float' ;
If       : 'if' ;
Int      : 'int' ;
Long     : 'long' ;
Return   : 'return' ;
Short    : 'short' ;
Signed   : 'signed' | '__signed__' | '__signed' ;
Sizeof   : 'sizeof' ;
Alignof  : '_Alignof' | '__alignof__' | '__alignof' ;
Struct   : 'struct' ;
Union    : 'union' ;
Unsigned : 'unsigned' ;
Void     : 'void' ;
Bool     : '_Bool' ;
Int128   : '__int128' ;

// Accepted in headers, structures and prototypes, without effect (typedef excepted).
Auto     : 'auto' ;
Const    : 'const' | '__const' | '__const__' ;
Extern   : 'extern' ;
Inline   : 'inline' | '__inline' | '__inline__' ;
Register : 'register' ;
Static   : 'static' ;
Typedef  : 'typedef' ;
Volatile : 'volatile' | '__volatile' | '__volatile__' ;

// Keywords of C that Vue does not have: a probe always ends, so there are no loops.
Break    : 'break' ;
Case     : 'case' ;
Continue : 'continue' ;
Default  : 'default' ;
Do       : 'do' ;
For      : 'for' ;
Goto     : 'goto' ;
Switch   : 'switch' ;
While    : 'while' ;

// Words of preprocessed headers that say nothing about layout.
Extension : ( '__extension__' | 'restrict' | '__restrict' | '__restrict__' | '_Noreturn' | '_Thread_local' ) -> channel(HIDDEN) ;
// The same with parentheses behind them; the bridge leaves out both.
Aside : '__asm__' | '__asm' | 'asm' | '_Static_assert' ;
// What may say something about layout: `__attribute__((packed))`, `_Alignas(8)`.
Attribute : '__attribute__' | '__attribute' ;
Alignas   : '_Alignas' ;

// ---------------------------------------------------------------------------------------------------------- operators

Ellipsis       : '...' ;
Arrow          : '->' ;
Increment      : '++' ;
Decrement      : '--' ;
ShiftLeftSet   : '<<=' ;
ShiftRightSet  : '>>=' ;
ShiftLeft      : '<<' ;
ShiftRight     : '>>' ;
LessEqual      : '<=' ;
GreaterEqual   : '>=' ;
Equal          : '==' ;
NotEqual       : '!=' ;
LogicalAnd     : '&&' | 'and' ;
LogicalOr      : '||' | 'or' ;
AddSet         : '+=' ;
SubtractSet    : '-=' ;
MultiplySet    : '*=' ;
DivideSet      : '/=' ;
ModuloSet      : '%=' ;
AndSet         : '&=' ;
XorSet         : '^=' ;
OrSet          : '|=' ;
Assign         : '=' ;
Less           : '<' ;
Greater        : '>' ;
Plus           : '+' ;
Minus          : '-' ;
Star           : '*' ;
Slash          : '/' ;
Percent        : '%' ;
Ampersand      : '&' ;
Caret          : '^' ;
Bar            : '|' ;
LogicalNot     : '!' | 'not' ;
Tilde          : '~' ;
Question       : '?' ;
Colon          : ':' ;
Semicolon      : ';' ;
Comma          : ',' ;
Dot            : '.' ;
LeftParen      : '(' ;
RightParen     : ')' ;
LeftBracket    : '[' ;
RightBracket   : ']' ;
LeftBrace      : '{' ;
RightBrace     : '}' ;

// ---------------------------------------------------------------------------------------------------- names and literals

Identifier : [A-Za-z_] [A-Za-z_0-9]* ;

IntegerLiteral : ( '0' [xX] [0-9A-Fa-f]+ | [0-9]+ ) [uUlL]* ;

FloatLiteral : ( [0-9]+ '.' [0-9]* | '.' [0-9]+ ) Exponent? [fFlL]?
             | [0-9]+ Exponent [fFlL]?
             ;

fragment Exponent : [eE] [+-]? [0-9]+ ;

// `123abc`, `10.1.2.3`: begins like a number and is none.
BadNumber : '.'? [0-9] [A-Za-z_0-9.]* ;

CharacterLiteral : '\'' ( ~['\\\r\n] | '\\' ~[\r\n] )+ '\'' ;

// C escapes; no concatenation of neighbours (`+` does that).
StringLiteral : '"' ( ~["\\\r\n] | '\\' ~[\r\n] | '\\' '\r'? '\n' )* '"' ;

// A quote without its partner on the line.
UnclosedString    : '"' ( ~["\\\r\n] | '\\' ~[\r\n] )* '\\'? ;
UnclosedCharacter : '\'' ( ~['\\\r\n] | '\\' ~[\r\n] )* '\\'? ;

// A character that begins nothing in Vue.
Unknown : . ;

// =====================================================================================================================
// Inside a probe specification: from `@@` to `when` or `{`. Blanks around fields do not count; fields may be quoted.
//
//   @@BEGIN                                          @@END
//   @@uft:<pid or program>:<* or module>:<function or /ERE/>:<entry or exit>
//   @@uftxlc++:<pid or program>:<*>:"<C++ signature>":<entry or exit>
//   @@uftjava:<pid>:*:<package.Class.method>:entry
//   @@syscall:<* or pid>:<name>:<entry or exit>      @@syscallx:<* or pid>:<name or *>:<entry or exit>
//   @@interval:<* or pid>:clock:<milliseconds>[:<* or CPU list>]
//   @@systrace:<* or pid>:<hook id>                  @@sysproc:<event>:<pid, tid or *>
//   @@io:<subtype>:<event>:<operation>:<filter[|filter...]>
//   @@net:bpf:<interface[|interface...]>:<protocol or *>:"<filter expression>"
//   @@net:tcp:<event>                                @@net:udp:<event>
mode Tuple;

TupleBlank        : [ \t\r\n\f\u000B]+               -> skip ;
TupleBlockComment : '/*' .*? ( '*/' | EOF )          -> type(BlockComment), channel(HIDDEN) ;
TupleLineComment  : '//' ~[\r\n]*                    -> type(LineComment), channel(HIDDEN) ;

TupleAt           : [@] [@]                          -> type(At) ;
TupleColon        : [:]                              -> type(Colon) ;
TupleComma        : [,]                              -> type(Comma) ;

// What ends the specification; `;` and `}` only in error.
When              : 'when'                           -> mode(DEFAULT_MODE) ;
TupleLeftBrace    : [{]                              -> type(LeftBrace), mode(DEFAULT_MODE) ;
TupleRightBrace   : [}]                              -> type(RightBrace), mode(DEFAULT_MODE) ;
TupleSemicolon    : [;]                              -> type(Semicolon), mode(DEFAULT_MODE) ;

// The pieces of a field. Alternatives (`en0|en1`), everything (`*`) and archive members (`libc.a(shr.o)`) are pieces too.
TupleString       : '"' ( ~["\\\r\n] | '\\' ~[\r\n] )* '"'
                  | '\'' ( ~['\\\r\n] | '\\' ~[\r\n] )* '\''
                  ;
TupleWord         : ( TupleCharacter | '/' TupleCharacter )+ ;
TuplePunctuation  : [|*()/@] ;

fragment TupleCharacter : ~[ \t\r\n\f\u000B:,;{}"'|*()/@] ;

TupleUnclosedString    : '"' ( ~["\\\r\n] | '\\' ~[\r\n] )* '\\'?   -> type(UnclosedString) ;
TupleUnclosedCharacter : '\'' ( ~['\\\r\n] | '\\' ~[\r\n] )* '\\'?  -> type(UnclosedCharacter) ;
