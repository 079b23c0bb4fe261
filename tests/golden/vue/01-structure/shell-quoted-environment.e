// CLAIM: so does an environment variable
// SPEC: 1.7
// ENV: FILE_NAME="/etc/passwd"
@@BEGIN { printf("%s\n", $FILE_NAME); exit(); }
