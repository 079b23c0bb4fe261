typedef long long two_t;
