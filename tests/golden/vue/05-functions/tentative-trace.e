// CLAIM: all trace functions write to the buffer
// SPEC: 5.11
@@BEGIN { start_tentative("a"); trace(1); arr[1] = 2; print(arr); end_tentative("a"); discard_tentative("a"); printf("end\n"); exit(); }
