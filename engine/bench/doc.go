// Package bench measures the whole engine against its yardsticks. It has tests
// only: each benchmark starts the simulated service, the engine, and where there
// is something to compare with, a bare program, as processes of their own, so
// that time and memory are those of one of them alone.
//
// Sizes are moderate; with VANGNET_LONG=1 they are those of the yardsticks. With
// VANGNET_BENCH_PROFILE=DIR the engine's processes leave profiles of processor
// and memory there.
package bench
