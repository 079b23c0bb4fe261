// CLAIM: get_function is empty in BEGIN
// SPEC: 5.3
@@BEGIN { printf("[%s]\n", get_function()); exit(); }
