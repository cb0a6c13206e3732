package bench_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// roleVar makes this test program play a part of a benchmark: it holds the
// part's name, and partVar its parameters as JSON.
const (
	roleVar = "VANGNET_BENCH_ROLE"
	partVar = "VANGNET_BENCH_PART"
)

func TestMain(m *testing.M) {
	roles := map[string]func(part []byte) (any, error){"service": serve, "engine": playEngine, "bare": playBare, "start": playStart, "handover": playHandOver}
	role := os.Getenv(roleVar)
	if role == "" {
		os.Exit(m.Run())
	}
	report, err := roles[role]([]byte(os.Getenv(partVar)))
	if err == nil && report != nil {
		err = json.NewEncoder(os.Stdout).Encode(report)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, role+":", err)
		os.Exit(1)
	}
}
