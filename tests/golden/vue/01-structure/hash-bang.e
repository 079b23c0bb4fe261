#!/usr/bin/probevue
// CLAIM: a script may begin with #!/usr/bin/probevue
// SPEC: 1.2
@@BEGIN { printf("runs\n"); exit(); }
