#VUE_SCRIPT_ARGS 4711 "abc"
@@BEGIN { printf("%d\n", $1); exit(); }
