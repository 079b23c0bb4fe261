# report.css and report.js as a source file, with their hashes for the page's Content-Security-Policy.
# usage: cmake -D FOLDER=... -D OUTPUT=... -P report_files.cmake

# base64(VARIABLE HEX): three hexadecimal digits are two letters; 64 of them leave one over
function(base64 variable hex)
    set(letters ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
    set(text "")
    foreach(at RANGE 0 60 3)
        string(SUBSTRING ${hex} ${at} 3 digits)
        math(EXPR high "0x${digits} >> 6")
        math(EXPR low "0x${digits} & 63")
        string(SUBSTRING ${letters} ${high} 1 first)
        string(SUBSTRING ${letters} ${low} 1 second)
        string(APPEND text ${first}${second})
    endforeach()
    string(SUBSTRING ${hex} 63 1 digits)
    math(EXPR last "0x${digits} << 2")
    string(SUBSTRING ${letters} ${last} 1 first)
    set(${variable} "${text}${first}=" PARENT_SCOPE)
endfunction()

# Files are read as they are: semicolons and brackets in them mean nothing to a quoted argument.
foreach(part "style;css" "script;js")
    list(GET part 0 name)
    list(GET part 1 ending)
    file(READ ${FOLDER}/report.${ending} report_${name})
    file(SHA256 ${FOLDER}/report.${ending} hash)
    base64(report_${name}_hash ${hash})
endforeach()
configure_file(${FOLDER}/report_files.cpp.in ${OUTPUT} @ONLY)
