package bench_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// sized is the first number, or, with VANGNET_LONG, the second.
func sized(moderate, long int) int {
	if os.Getenv("VANGNET_LONG") != "" {
		return long
	}
	return moderate
}

// firstCopy makes a first copy of a world in a process of its own.
func firstCopy(b *testing.B, w world) (service, desk, report) {
	b.Helper()
	s := start(b, w)
	d, r := copyOf(b, s, w)
	return s, d, r
}

// copyOf makes a first copy of what a service has.
func copyOf(b *testing.B, s service, w world) (desk, report) {
	b.Helper()
	d := newDesk(b, s)
	r := play(b, "engine", d)
	require.EqualValues(b, w.Accounts*(w.Mails+w.Files), r.Saved)
	return d, r
}

// BenchmarkFirstCopy compares a first copy with a bare program that downloads
// the same with the same parallelism and throws it away. Yardstick: 1.5 times
// its time, and 0.06 requests for each mail. A first download that does not
// count makes the service work out what it keeps, such as hashes, so that
// neither of the two pays for the other.
func BenchmarkFirstCopy(b *testing.B) {
	worlds := map[string]world{
		"mailbox":   {Accounts: 1, Mails: 10_000, Folders: 8},
		"mailboxes": {Accounts: 4, Mails: sized(2500, 10_000), Folders: 8},
		"drives":    {Accounts: 4, Files: sized(250, 1000), FileSize: 400_000},
		"both":      {Accounts: 4, Mails: sized(2000, 10_000), Folders: 8, Files: sized(200, 1000), FileSize: 200_000},
	}
	for _, name := range []string{"mailbox", "mailboxes", "drives", "both"} {
		w := worlds[name]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s := start(b, w)
				play(b, "bare", bareJob{Service: s})
				_, r := copyOf(b, s, w)
				bare := play(b, "bare", bareJob{Service: s})
				require.Equal(b, r.Saved, bare.Saved)
				b.ReportMetric(r.Seconds/bare.Seconds, "x-bare")
				b.ReportMetric(bare.Seconds, "bare-s")
				b.ReportMetric(r.Seconds, "copy-s")
				b.ReportMetric(r.CPU, "copy-cpu-s")
				b.ReportMetric(bare.CPU, "bare-cpu-s")
				b.ReportMetric(r.Service, "copy-service-cpu-s")
				b.ReportMetric(bare.Service, "bare-service-cpu-s")
				b.ReportMetric(r.peakMB(), "copy-MB")
				b.ReportMetric(float64(bare.Bytes)/1e6, "MB")
				if w.Mails > 0 && w.Files == 0 {
					b.ReportMetric(float64(r.Requests)/float64(w.Accounts*w.Mails), "requests/mail")
				}
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// BenchmarkMemory tells the most memory that a first copy and a second run of
// one large resource hold. Yardstick: 500 MB.
func BenchmarkMemory(b *testing.B) {
	worlds := map[string]world{
		"mailbox": {Accounts: 1, Mails: sized(20_000, 200_000), Folders: 1, Small: true},
		"drive":   {Accounts: 1, Files: sized(20_000, 300_000), FileSize: 1000},
	}
	for _, name := range []string{"mailbox", "drive"} {
		w := worlds[name]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, d, r := firstCopy(b, w)
				again := play(b, "engine", d)
				b.ReportMetric(r.peakMB(), "first-MB")
				b.ReportMetric(again.peakMB(), "second-MB")
				b.ReportMetric(r.Seconds, "first-s")
				b.ReportMetric(again.Seconds, "second-s")
				b.ReportMetric(float64(w.Mails+w.Files), "items")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// BenchmarkNight is a run in which nothing has changed, over many mailboxes and
// drives. Yardstick: no content read, under 300 MB; an idle mailbox costs at
// most two requests and one for each folder that can have changed.
func BenchmarkNight(b *testing.B) {
	w := world{Accounts: sized(30, 500), Mails: sized(300, 1000), Folders: 4, Files: sized(300, 1000), FileSize: 500, Small: true}
	for b.Loop() {
		_, d, first := firstCopy(b, w)
		r := play(b, "engine", d)
		require.Zero(b, r.Saved)
		require.EqualValues(b, w.Accounts*(w.Mails+w.Files), r.Unchanged)
		resources := float64(2 * w.Accounts)
		b.ReportMetric(resources, "resources")
		b.ReportMetric(first.Seconds, "first-s")
		b.ReportMetric(first.peakMB(), "first-MB")
		b.ReportMetric(r.Seconds, "night-s")
		b.ReportMetric(r.CPU, "night-cpu-s")
		b.ReportMetric(r.Seconds/resources*1000, "ms/resource")
		b.ReportMetric(float64(r.Requests)/resources, "requests/resource")
		b.ReportMetric(float64(r.Bytes), "content-B")
		b.ReportMetric(r.peakMB(), "night-MB")
		b.ReportMetric(0, "ns/op")
	}
}

// BenchmarkIdle counts the requests of one idle mailbox and one idle drive.
func BenchmarkIdle(b *testing.B) {
	worlds := map[string]world{
		"mailbox": {Accounts: 1, Mails: 40, Folders: 4, Small: true},
		"drive":   {Accounts: 1, Files: 40, FileSize: 500},
	}
	for name, w := range worlds {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, d, _ := firstCopy(b, w)
				r := play(b, "engine", d)
				require.Zero(b, r.Saved)
				b.ReportMetric(float64(r.Requests), "requests")
				b.ReportMetric(float64(w.Folders), "folders-with-items")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}
