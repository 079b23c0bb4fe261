// CLAIM: only in BEGIN
// SPEC: 5.1
// EXIT: 2
@@END { set_date_format("%Y"); }
