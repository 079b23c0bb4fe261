// Whether there is a just-in-time compiler: the build is to have one (PROBEVUE_HAVE_JIT), and there is a translation
// for its processor with pointers of 64 bits and the low byte first.
#pragma once

#if defined(PROBEVUE_HAVE_JIT) && defined(__LP64__) && (defined(__x86_64__) || defined(__AARCH64EL__))
#define PROBEVUE_JIT_PROCESSOR 1
#else
#define PROBEVUE_JIT_PROCESSOR 0
#endif
