// CLAIM: to_lower: small letters for A to Z, all else as it is
// SPEC: 5.8
// extension: AIX has no such function
@@BEGIN { printf("%s|%s|\n", to_lower("WwW.Example-[@`{Z].ÄÉ"), to_lower("")); exit(); }
