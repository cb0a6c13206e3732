// Command m365sim is the Microsoft 365 simulator as a local server: tenants
// with mailboxes and OneDrives that any Graph client can sign in to, back up
// and change. It prints one line of JSON when it is ready and runs until it is
// interrupted.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim"
)

// errUsage is a wrong command line, which has been explained already.
var errUsage = errors.New("wrong use")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err == nil:
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "m365sim:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	listen, seed, scale, faults, record, home, cloud, metadata string
	demo, budgets                                              bool
	randSeed                                                   uint64
	latency                                                    time.Duration
	hosts                                                      []string
}

func parse(args []string, errors io.Writer) (*options, error) {
	o := &options{}
	f := flag.NewFlagSet("m365sim", flag.ContinueOnError)
	f.SetOutput(errors)
	f.StringVar(&o.listen, "listen", "127.0.0.1:0", "address to listen on")
	f.BoolVar(&o.demo, "demo", false, "three Dutch companies with plausible content: mail, files, agendas, contacts, tasks and notes")
	f.StringVar(&o.seed, "seed", "", "folder to fill the tenants from: <domain>/users/<local part>/ with mail and archive (.eml), calendar (.ics),\ncontacts (.vcf), tasks (.json, .ics), notes (.txt), onedrive (any file)")
	f.StringVar(&o.scale, "scale", "", "made-up content by number, per user: users=50,mails=200,files=100[,events=20,contacts=10,tasks=5]; what is not\nnamed of the last three is a tenth, a twentieth and a fortieth of the mails")
	f.Uint64Var(&o.randSeed, "rand-seed", 1, "what ids, faults and made-up content derive from")
	f.StringVar(&o.faults, "faults", "", "what goes wrong how often, such as 429=5%,503=1%,reset=1%,truncate=1%,expire=1%,delta410=1%,item=0.1%;\nshares or counts (goaway=3x), also for some calls only (504@/messages=2x). There are:\n"+strings.Join(sim.FaultNames(), " "))
	f.DurationVar(&o.latency, "latency", 0, "wait before each answer")
	f.BoolVar(&o.budgets, "budgets", false, "throttle as Microsoft's documentation says")
	f.StringVar(&o.cloud, "cloud", "global", "the cloud to play: global, usgov, usdod or china; national ones have other hosts and no import and export of mailboxes")
	f.StringVar(&o.metadata, "metadata", "", "file to answer $metadata with: the CSDL that Microsoft publishes")
	f.StringVar(&o.record, "record", "", "file for one JSON line per exchange")
	f.StringVar(&o.home, "dir", "", "folder for the certificate and for uploaded content (default: a temporary one)")
	f.Func("host", "further `name` for the certificate, such as contoso-my.sharepoint.com, where links to files then lead; may be given more than once", func(name string) error {
		o.hosts = append(o.hosts, name)
		return nil
	})
	if err := f.Parse(args); err != nil {
		if err == flag.ErrHelp {
			return nil, err
		}
		return nil, errUsage
	}
	if sources := btoi(o.demo) + btoi(o.seed != "") + btoi(o.scale != ""); sources != 1 || f.NArg() > 0 {
		fmt.Fprintln(errors, "m365sim: give exactly one of --demo, --seed DIR and --scale users=…")
		return nil, errUsage
	}
	return o, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ready is the line that says where the server is.
type ready struct {
	URL     string        `json:"url"`
	CAFile  string        `json:"ca_file"`
	Tenants []readyTenant `json:"tenants"`
}

type readyTenant struct {
	Domain       string `json:"domain"`
	TenantID     string `json:"tenant_id"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	dir, remove, err := workFolder(o.home)
	if err != nil {
		return err
	}
	defer remove()
	world := sim.NewWorld(o.randSeed, sim.NewShiftedClock(clock.System()))
	world.SetTemp(dir)
	if err := fill(world, o, stderr); err != nil {
		return err
	}
	settings := sim.Options{Listen: o.listen, Hosts: o.hosts, Latency: o.latency, Metadata: o.metadata}
	if settings.Cloud, err = sim.ParseCloud(o.cloud); err != nil {
		return err
	}
	if settings.Faults, err = sim.ParseFaults(o.faults); err != nil {
		return err
	}
	if o.budgets {
		settings.Budgets = sim.StandardBudgets()
	}
	if o.record != "" {
		file, err := os.Create(o.record)
		if err != nil {
			return fmt.Errorf("record exchanges: %w", err)
		}
		defer file.Close()
		settings.Record = file
	}
	server, err := sim.Start(ctx, world, settings)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	if err := announce(server, dir, stdout); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-server.Done():
	}
	return nil
}

// workFolder is where the certificate and uploads go.
func workFolder(home string) (dir string, remove func(), err error) {
	if home != "" {
		if err := os.MkdirAll(home, 0o755); err != nil {
			return "", nil, fmt.Errorf("make folder for the simulator: %w", err)
		}
		return home, func() {}, nil
	}
	if dir, err = os.MkdirTemp("", "m365sim-"); err != nil {
		return "", nil, fmt.Errorf("make folder for the simulator: %w", err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

func fill(world *sim.World, o *options, stderr io.Writer) error {
	var ignored []string
	var err error
	switch {
	case o.demo:
		err = world.LoadDemo()
	case o.seed != "":
		ignored, err = world.LoadSeed(o.seed)
	default:
		var scale sim.Scale
		if scale, ignored, err = sim.ParseScale(o.scale); err == nil {
			_, err = world.Populate(scale)
		}
	}
	if len(ignored) > 0 {
		fmt.Fprintln(stderr, "m365sim: ignored:", strings.Join(ignored, "\nm365sim: ignored: "))
	}
	return err
}

func announce(server *sim.Server, dir string, stdout io.Writer) error {
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, server.CA(), 0o644); err != nil {
		return fmt.Errorf("write certificate authority: %w", err)
	}
	line := ready{URL: server.URL(), CAFile: ca, Tenants: []readyTenant{}}
	for _, t := range server.World().Tenants() {
		app := t.DefaultApp()
		line.Tenants = append(line.Tenants, readyTenant{t.Domain(), t.ID(), app.ClientID, app.Secret()})
	}
	out, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("announce server: %w", err)
	}
	_, err = fmt.Fprintln(stdout, string(out))
	return err
}
