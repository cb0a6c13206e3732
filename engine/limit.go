package engine

import (
	"os"
	"runtime/debug"
)

// memoryLimit is what the runtime keeps its share of memory below by collecting
// earlier: with what SQLite, kopia's caches and the stacks take beside it, the
// whole program stays below 500 MB at any size of tenant.
const memoryLimit = 320 << 20

// LimitMemory is called once by a program that runs the engine. Whoever sets
// GOMEMLIMIT knows better and is left alone.
func LimitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
