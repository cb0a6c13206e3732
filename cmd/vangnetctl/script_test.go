package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"vangnet/store/bucket/miniotest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"vangnetctl": main})
}

// TestScripts runs the scripts of testdata/script, each against a simulated
// Microsoft 365 of its own. Beside testscript's commands they know
//
//	sim start SEED [LATENCY]    start the simulator on a seed folder
//	sim stop                    stop it
//	sim NAME JSON               one of its control calls, such as delete or faults
//	status N COMMAND…           run a program that must end with status N
//	interrupt CALL              interrupt the last background program at a call
//	interrupted N               it must have ended with status N
//	json PATH [= TEXT|~ REGEXP] look into the document on standard output
//	fields PATH NAME…           every object of a list has these fields
//	keep NAME PATH              put a value of the document into a variable
//	pause SPAN                  wait
//	minio                       start an S3 server
//	tmpfs DIR SIZE              mount a small disk; [tmpfs] says whether that can be
//	fill FILE                   write a file until its disk is full
//	certificate FILE SPAN       make a certificate that ends after a span of time
//	damage DIR                  change a byte in the largest file below a folder
func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of starts of the program: not in a short run, which has the engine's own tests")
	}
	minio := sync.OnceValue(func() *miniotest.Server { return miniotest.Start(t) })
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("VANGNET_HOME", e.WorkDir+"/home")
			e.Setenv("VANGNET_PASSWORD", "een goed wachtwoord")
			e.Setenv("VANGNET_LANG", "en")
			e.Setenv("TZ", "UTC")
			e.Values[world{}] = &stage{minio: minio}
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "tmpfs" {
				return false, fmt.Errorf("unknown condition %s", name)
			}
			return os.Geteuid() == 0 && mountable(t.TempDir()), nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"sim": cmdSim, "status": cmdStatus, "interrupt": cmdInterrupt, "interrupted": cmdInterrupted, "json": cmdJSON, "fields": cmdFields, "keep": cmdKeep,
			"pause": cmdPause, "minio": cmdMinio, "tmpfs": cmdTmpfs, "fill": cmdFill, "certificate": cmdCertificate, "damage": cmdDamage,
		},
	})
}

// cmdStatus runs a program that must end with a certain status.
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND…")
	}
	ended(ts, args[0], ts.Exec(args[1], args[2:]...))
}

func ended(ts *testscript.TestScript, want string, err error) {
	status := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(status) != want {
		ts.Fatalf("ended with status %d, not %s", status, want)
	}
}

// cmdInterrupt interrupts the last background program, as Ctrl-C does, when the
// simulator has seen a call whose method and template contain a text.
func cmdInterrupt(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(world{}).(*stage)
	all := ts.BackgroundCmds()
	if neg || len(args) != 1 || len(all) == 0 {
		ts.Fatalf("usage: interrupt CALL, after a program was started with &")
	}
	s.program = all[len(all)-1]
	for range 1000 {
		for _, c := range s.server.Calls() {
			if strings.Contains(c.Method+" "+c.Template, args[0]) {
				ts.Check(s.program.Process.Signal(os.Interrupt))
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("no call %q was seen: %v", args[0], s.server.Calls())
}

// cmdInterrupted checks the status that the interrupted program ended with.
func cmdInterrupted(ts *testscript.TestScript, _ bool, args []string) {
	if got := ts.Value(world{}).(*stage).program.ProcessState.ExitCode(); strconv.Itoa(got) != args[0] {
		ts.Fatalf("ended with status %d, not %s", got, args[0])
	}
}

// document is what the last program wrote to standard output.
func document(ts *testscript.TestScript) any {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	d.UseNumber()
	var doc any
	if err := d.Decode(&doc); err != nil {
		ts.Fatalf("standard output is no JSON document: %v", err)
	}
	if d.More() {
		ts.Fatalf("standard output has more than one document")
	}
	return doc
}

// at finds a value: items.0.path, items.len for how many, items.-1 for the last.
func at(v any, path string) (any, bool) {
	if path == "" || path == "." {
		return v, true
	}
	for part := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			var ok bool
			if v, ok = x[part]; !ok {
				return nil, false
			}
		case []any:
			if part == "len" {
				return json.Number(strconv.Itoa(len(x))), true
			}
			i, err := strconv.Atoi(part)
			if i < 0 {
				i += len(x)
			}
			if err != nil || i < 0 || i >= len(x) {
				return nil, false
			}
			v = x[i]
		default:
			return nil, false
		}
	}
	return v, true
}

func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 && len(args) != 3 {
		ts.Fatalf("usage: json PATH [= TEXT|~ REGEXP]")
	}
	v, ok := at(document(ts), args[0])
	text := fmt.Sprint(v)
	if len(args) == 3 && ok {
		switch args[1] {
		case "=":
			ok = text == args[2]
		case "~":
			ok = regexp.MustCompile(args[2]).MatchString(text)
		default:
			ts.Fatalf("json: %s is no comparison", args[1])
		}
	}
	if ok == neg {
		ts.Fatalf("%s is %s", args[0], text)
	}
}

func cmdFields(ts *testscript.TestScript, neg bool, args []string) {
	v, _ := at(document(ts), args[0])
	list, ok := v.([]any)
	if neg || !ok || len(list) == 0 {
		ts.Fatalf("%s is no list with anything in it", args[0])
	}
	for i, item := range list {
		for _, name := range args[1:] {
			if _, ok := at(item, name); !ok {
				ts.Fatalf("%s.%d has no field %s: %v", args[0], i, name, item)
			}
		}
	}
}

func cmdKeep(ts *testscript.TestScript, neg bool, args []string) {
	v, ok := at(document(ts), args[1])
	if neg || !ok {
		ts.Fatalf("the document has no %s", args[1])
	}
	ts.Setenv(args[0], fmt.Sprint(v))
}

func cmdPause(ts *testscript.TestScript, _ bool, args []string) {
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	time.Sleep(d)
}
