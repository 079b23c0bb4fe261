#VUE_SCRIPT_ARGS 4711 8
@@BEGIN { printf("%d\n", $1); exit(); }
