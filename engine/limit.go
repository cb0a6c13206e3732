package engine

import (
	"os"
	"runtime/debug"
)

// memoryLimit is what the runtime tries to keep its share of memory below, by
// collecting earlier. It leaves room below 500 MB for what SQLite and kopia's
// caches take beside it.
const memoryLimit = 240 << 20

// LimitMemory is called once by a program that runs the engine. Whoever sets
// GOMEMLIMIT knows better and is left alone.
func LimitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
