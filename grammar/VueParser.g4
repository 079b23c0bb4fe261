// The sentences of Vue. See VueLexer.g4 for its words and for what happens before and between.
//
// The grammar is a little wider than the language: what C has and Vue has not (loops, function bodies, the comma operator,
// joined strings, statements outside clauses) is understood here so that compiler/syntax can say what is wrong in one sentence.
parser grammar VueParser;

options { tokenVocab = VueLexer; }

// A script: declarations and prototypes, then clauses.
script : scriptItem* EOF ;

scriptItem
    : clause
    | declaration
    | barePrototype
    | statement                     // an error: statements stand inside clauses
    ;

// A header for `-I`: preprocessed C, declarations only.
header : headerItem* EOF ;

headerItem
    : declaration
    | unknownTypeDeclaration
    | barePrototype
    | ';'
    ;

// ------------------------------------------------------------------------------------------------------------ clauses

// @@net:bpf:eth0:tcp:"port 443", @@net:bpf:eth1:tcp:"port 443" when (__tcphdr->flags & TH_SYN) { ... }
clause : probe ( ',' probe )* predicate? block ;

probe : '@@' field ( ':' field )* ;

field : ( TupleString | TupleWord | TuplePunctuation )* ;

predicate : When '(' expressions ')' ;

// --------------------------------------------------------------------------------------------------------- statements

block : '{' blockItem* '}' ;

blockItem
    : declaration
    | statement
    ;

statement
    : block                                                         # blockStatement
    | If '(' expressions ')' statement ( Else statement )?          # ifStatement
    | Return expressions? ';'                                       # returnStatement
    | expressions ';'                                               # expressionStatement
    | ';'                                                           # emptyStatement
    | While '(' expressions ')' statement                           # loopStatement
    | Do statement While '(' expressions ')' ';'                    # loopStatement
    | For '(' forInit expressions? ';' expressions? ')' statement   # loopStatement
    | Switch '(' expressions ')' statement                          # switchStatement
    | ( Case expression | Default ) ':'                             # switchStatement
    | ( Break | Continue ) ';'                                      # jumpStatement
    | Goto Identifier ';'                                           # jumpStatement
    ;

forInit
    : declaration
    | expressions? ';'
    ;

// -------------------------------------------------------------------------------------------------------- expressions

// Vue has no comma operator: more than one is an error.
expressions : expression ( ',' expression )* ;

// `?:` and the assignments group from right to left.
expression : operation ( '?' expressions ':' expression | assignment expression )? ;

assignment : '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '<<=' | '>>=' | '&=' | '^=' | '|=' ;

// Operators group from left to right; those of a line in `binaryOperator` bind more tightly than those below, as in C.
operation : operand ( binaryOperator operand )* ;

binaryOperator
    : '*' | '/' | '%'
    | '+' | '-'
    | '<<' | '>>'
    | '<' | '<=' | '>' | '>='
    | '==' | '!='
    | '&'
    | '^'
    | '|'
    | LogicalAnd
    | LogicalOr
    ;

operand
    : ( '++' | '--' | '+' | '-' | LogicalNot | '~' | '*' | '&' ) operand            # prefixed
    | '(' ( typeName ')' operand | expressions ')' suffix* )                        # parenthesized
    | Sizeof ( '(' typeName ')' | operand )                                         # sizeof
    | Alignof '(' typeName ')'                                                      # alignof
    | primary suffix*                                                               # suffixed
    ;

primary
    : IntegerLiteral                                                                # integer
    | FloatLiteral                                                                  # floating
    | CharacterLiteral                                                              # character
    | StringLiteral+                                                                # string
    | ClassPrefix? Identifier                                                       # name
    ;

suffix
    : '(' expressions? ')'                                                          # call
    | '[' expressions? ']'                                                          # index
    | ( '.' | '->' ) anyName                                                        # select
    | ( '++' | '--' )                                                               # step
    ;

// ------------------------------------------------------------------------------------------------------- declarations

// int a, *b, c[4];   __auto v;   __thread probev_timestamp_t t0;   String s[40];   __list l;   range_t a, b;
// ip_addr_t i = __ip4hdr->src_addr;   struct s { int x : 3; };   int read(int fd, char *buf, unsigned long n);
declaration
    : qualifier+ ( type named | untyped ( ',' untyped )* ';' )
    | type named
    ;

named
    : ';'                                       // struct s { ... };
    | declarators ( ';' | functionBody )
    ;

// __auto v;        takes the type of the first value
untyped : Identifier ( '=' initializer )? ;

// read(int fd, char *buf);     a prototype without return type
barePrototype : Identifier '(' typedParameter ( ',' ( parameter | '...' ) )* ')' attribute* ';' ;

// A type that is not known; preprocessed headers hold some (`__builtin_va_list`).
unknownTypeDeclaration : qualifier* unknownType declarators ( ';' | functionBody ) ;

storage : ClassAuto | ClassThread | ClassGlobal | ClassKernel ;

qualifier : storage | Auto | Const | Extern | Inline | Register | Static | Typedef | Volatile | attribute ;

// __attribute__((packed, aligned(8)))   _Alignas(8)
attribute
    : Attribute '(' '(' attributeItem? ( ',' attributeItem? )* ')' ')'
    | Alignas '(' ( typeName | expression ) ')'
    ;

attributeItem : ~( '(' | ')' | ',' ) ( '(' expressions? ')' )? ;

type
    : cType ( cType | qualifier )*
    | ( record | enumeration | TypeName ) qualifier*
    ;

unknownType : Identifier qualifier* ;

cType : Char | Double | Float | Int | Long | Short | Signed | Unsigned | Void | Bool | Int128 ;

record : ( Struct | Union ) attribute* ( anyName members? | members ) attribute* ;

members : '{' memberItem* '}' ;

memberItem
    : qualifier* ( type | unknownType ) ( member ( ',' member )* )? ';'
    | ';'
    ;

// A field named like a class (`unsigned thread:1`) arrives as a ClassPrefix.
member
    : declarator ( ':' expression )? attribute*
    | ':' expression attribute*
    | ClassPrefix expression attribute*
    ;

enumeration : Enum attribute* ( anyName enumerators? | enumerators ) attribute* ;

enumerators : '{' enumerator ( ',' enumerator? )* '}' ;

enumerator : anyName ( '=' expression )? ;

declarators : initDeclarator ( ',' initDeclarator )* ;

initDeclarator : declarator ( '=' initializer )? ;

initializer
    : expression
    | '{' ( initializer ( ',' initializer? )* )? '}'    // an error: Vue has no aggregates
    ;

declarator : pointer* ( anyName | functionPointer ) ( dimension | parameters )* attribute* ;

pointer : '*' ( Const | Volatile | attribute )* ;

// (*name)(int, char *)
functionPointer : '(' pointer+ anyName? dimension* ')' ( dimension | parameters ) ;

dimension : '[' ( Static | Const )* expression? ']' ;

parameters : '(' ( parameter ( ',' ( parameter | '...' ) )* )? ')' ;

parameter : qualifier* ( type | unknownType ) abstractDeclarator ;

typedParameter : qualifier* type abstractDeclarator ;

abstractDeclarator : pointer* ( ( anyName | functionPointer ) ( dimension | parameters )* | dimension* ) ;

// The type of a cast and of sizeof.
typeName : qualifier* type pointer* dimension* ;

// The body of a C function: skipped in headers, an error in scripts.
functionBody : '{' ( functionBody | ~( '{' | '}' ) )* '}' ;

// Members and tags may be spelled like types.
anyName : Identifier | TypeName ;
