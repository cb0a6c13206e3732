package sim

import (
	"fmt"
	"io"
	"os"
)

// recordVariable names a folder: each server that is told of no recording of
// its own then writes one there. So the traffic of a whole test suite can be
// kept without any of its tests knowing.
const recordVariable = "VANGNET_RECORD"

// suiteRecording opens the recording that the environment asks for, nil for none.
func suiteRecording() (io.WriteCloser, error) {
	dir := os.Getenv(recordVariable)
	if dir == "" {
		return nil, nil
	}
	f, err := os.CreateTemp(dir, "traffic-*.jsonl")
	if err != nil {
		return nil, fmt.Errorf("record exchanges: %w", err)
	}
	return f, nil
}
