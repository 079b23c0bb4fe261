// Checks every line of standard input against a JSON schema.
// usage: check_json SCHEMA    exit status 0 when every line fits, 1 when one does not, 2 when the schema cannot be read
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "tests/json/schema.h"

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: check_json SCHEMA\n";
        return 2;
    }
    std::ifstream file(argv[1]);
    std::stringstream text;
    text << file.rdbuf();
    try {
        const json_test::Schema schema(json_test::Reader::read(text.str()));
        int bad = 0;
        for (std::string line; std::getline(std::cin, line);) {
            std::string problem;
            try {
                problem = schema.check(json_test::Reader::read(line));
            } catch (const std::exception& error) {
                problem = error.what();
            }
            if (problem.empty()) continue;
            std::cout << line << "\n    " << problem << "\n";
            bad = 1;
        }
        return bad;
    } catch (const std::exception& error) {
        std::cerr << argv[1] << ": " << error.what() << "\n";
        return 2;
    }
}
