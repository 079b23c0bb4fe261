// CLAIM: pragmas on layout are obeyed or refused
// SPEC: 1.4
// EXIT: 2
#pragma pack(3)
#pragma options align=packed
#pragma pack(pop)
#pragma once
@@BEGIN { exit(); }
