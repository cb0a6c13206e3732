package bench_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// writeLines writes base64 in lines, as mail carries it.
func writeLines(b *strings.Builder, data []byte) {
	const line = 57
	for len(data) > 0 {
		n := min(line, len(data))
		b.WriteString(base64.StdEncoding.EncodeToString(data[:n]))
		b.WriteString("\r\n")
		data = data[n:]
	}
}

// report is what a part tells when it has ended.
type report struct {
	Seconds   float64 // of the work alone
	Requests  int64
	Saved     int64
	Unchanged int64
	Failed    int64
	Bytes     int64   // content read from the service
	PeakKB    int64   // most memory resident, 0 where the system does not tell
	CPU       float64 // seconds of the processor, for the work alone
	Service   float64 // and what the service spent meanwhile
}

// peakMB is the memory in megabytes.
func (r report) peakMB() float64 { return float64(r.PeakKB) / 1024 }

func command(b *testing.B, role string, part any) *exec.Cmd {
	b.Helper()
	program, err := os.Executable()
	require.NoError(b, err)
	text, err := json.Marshal(part)
	require.NoError(b, err)
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), roleVar+"="+role, partVar+"="+string(text))
	return cmd
}

// start starts a service that ends with the benchmark.
func start(b *testing.B, w world) service {
	b.Helper()
	cmd := command(b, "service", w)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(b, err)
	out, err := cmd.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	b.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	var s service
	require.NoError(b, firstLine(out, &s))
	return s
}

// play runs a part to its end.
func play(b *testing.B, role string, part any) report {
	b.Helper()
	cmd := command(b, role, part)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if os.Getenv("VANGNET_BENCH_PROFILE") != "" {
		cmd.Stderr = os.Stderr
	}
	require.NoError(b, cmd.Run(), "%s: %s", role, errs.String())
	var r report
	require.NoError(b, firstLine(&out, &r), errs.String())
	return r
}

// work does fn and tells how long it took, and who worked meanwhile.
func (r *report) work(s service, fn func() error) error {
	begun, own, other := time.Now(), processor(os.Getpid()), processor(s.PID)
	err := fn()
	r.Seconds = time.Since(begun).Seconds()
	r.CPU, r.Service = processor(os.Getpid())-own, processor(s.PID)-other
	return err
}

// processor is how many seconds of a processor a process has used, 0 where the
// system does not tell (proc(5): fields 14 and 15, in hundredths).
func processor(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0 // not Linux
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name may hold anything
	var ticks float64
	for _, field := range strings.Fields(rest)[11:13] {
		n, _ := strconv.ParseFloat(field, 64)
		ticks += n
	}
	return ticks / 100
}

// peak is the most memory that this process had resident so far, in KB.
func peak() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0 // not Linux
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n
		}
	}
	return 0
}

// profile records how fn spends its time and what it holds at its peak, where
// that was asked for.
func profile(name string, fn func() error) error {
	dir := os.Getenv("VANGNET_BENCH_PROFILE")
	if dir == "" {
		return fn()
	}
	name = filepath.Join(dir, fmt.Sprintf("%s-%d", name, os.Getpid()))
	f, err := os.Create(name + ".cpu")
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	stop, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- watchHeap(name+".mem", stop) }()
	err = fn()
	close(stop)
	pprof.StopCPUProfile()
	return errors.Join(err, <-ended)
}

// watchHeap writes down what is on the heap whenever that is more than before.
func watchHeap(path string, stop <-chan struct{}) error {
	var most uint64
	for {
		select {
		case <-stop:
			return nil
		case <-time.After(100 * time.Millisecond):
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if m.HeapInuse < most+most/20 {
			continue
		}
		most = m.HeapInuse
		var b bytes.Buffer
		if err := pprof.Lookup("heap").WriteTo(&b, 0); err != nil {
			return err
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "heap in use %d MB, Go's in all %d MB, most resident %d MB\n", m.HeapInuse>>20, (m.Sys-m.HeapReleased)>>20, peak()>>10)
	}
}

// folderBytes sums up the files below a folder.
func folderBytes(b *testing.B, dir string) int64 {
	b.Helper()
	var n int64
	require.NoError(b, filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	}))
	return n
}
