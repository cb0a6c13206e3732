package sim

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// tenantFile is tenant.json of a seed folder.
type tenantFile struct {
	DisplayName       string          `json:"display_name"`
	Licences          json.RawMessage `json:"licences"` // {"SPB": 25}, bought units; or ["SPB"]
	WithoutSharePoint bool            `json:"without_sharepoint"`
	ClientSecret      string          `json:"client_secret"`
	Certificates      []string        `json:"certificates"` // PEM files beside tenant.json
	Roles             []string        `json:"roles"`
	Groups            []struct {
		Name    string   `json:"name"`
		Mail    string   `json:"mail"`
		Unified bool     `json:"unified"`
		Team    bool     `json:"team"`
		Members []string `json:"members"` // local parts
	} `json:"groups"`
}

// userFile is user.json of a seed folder. What is left out has a sensible value.
type userFile struct {
	DisplayName string    `json:"display_name"`
	GivenName   string    `json:"given_name"`
	Surname     string    `json:"surname"`
	JobTitle    string    `json:"job_title"`
	Department  string    `json:"department"`
	Kind        Kind      `json:"kind"`
	Licences    *[]string `json:"licences"`
	Enabled     *bool     `json:"enabled"`
	Mailbox     *bool     `json:"mailbox"`
	Drive       *bool     `json:"drive"`
	Archive     bool      `json:"archive"`
	Language    string    `json:"language"`
	Created     time.Time `json:"created"`
	OneDrive    struct {
		Notebooks []string          `json:"notebooks"` // folders that are OneNote packages
		Infected  map[string]string `json:"infected"`  // files, with what was found in them
	} `json:"onedrive"`
}

// spec makes a user of the file. A user without any licence has no mailbox and
// no drive, unless the seed has something to put there or the file says so.
func (f userFile) spec(local string, hasContent bool) (UserSpec, []string) {
	s := UserSpec{
		LocalPart: local, DisplayName: f.DisplayName, GivenName: f.GivenName, Surname: f.Surname, JobTitle: f.JobTitle,
		Department: f.Department, Kind: f.Kind, Archive: f.Archive, Language: f.Language, Created: f.Created,
		Disabled: f.Enabled != nil && !*f.Enabled,
	}
	if f.Licences == nil && (s.Kind == "" || s.Kind == KindUser) {
		s.Licences = []string{"SPB"}
	}
	var unknown []string
	if f.Licences != nil {
		for _, part := range *f.Licences {
			if _, ok := skuByPart(part); ok {
				s.Licences = append(s.Licences, part)
			} else {
				unknown = append(unknown, "licence "+part)
			}
		}
		bare := len(*f.Licences) == 0 && !hasContent && (s.Kind == "" || s.Kind == KindUser)
		s.NoMailbox, s.NoDrive = bare, bare
	}
	if f.Mailbox != nil {
		s.NoMailbox = !*f.Mailbox
	}
	if f.Drive != nil {
		s.NoDrive = !*f.Drive
	}
	return s, unknown
}

// seeder loads one seed folder and collects what it could not use.
type seeder struct {
	world   *World
	ignored []string
}

// LoadSeed adds what a seed folder holds, one tenant a folder. Files whose size
// and time are those of an earlier load change nothing. It returns what it did
// not use, in words.
func (w *World) LoadSeed(dir string) (ignored []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read seed folder: %w", err)
	}
	s := &seeder{world: w, ignored: []string{}}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			s.ignore(e.Name(), "no tenant's folder")
			continue
		}
		if err := s.tenant(filepath.Join(dir, e.Name()), e.Name()); err != nil {
			return s.ignored, fmt.Errorf("seed %s: %w", e.Name(), err)
		}
	}
	return s.ignored, nil
}

func (s *seeder) ignore(what, why string) { s.ignored = append(s.ignored, what+": "+why) }

func (s *seeder) tenant(dir, domain string) error {
	var f tenantFile
	if err := readJSONFile(filepath.Join(dir, "tenant.json"), &f); err != nil {
		return err
	}
	t := s.world.AddTenant(domain, f.DisplayName)
	if f.DisplayName != "" {
		t.SetDisplayName(f.DisplayName)
	}
	if f.WithoutSharePoint {
		t.SetWithoutSharePoint(true)
	}
	if err := s.tenantApp(t, dir, f); err != nil {
		return err
	}
	s.tenantSeats(t, f)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read folder of the tenant: %w", err)
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case name == "users" && e.IsDir():
			if err := s.users(filepath.Join(dir, name), t); err != nil {
				return err
			}
		case name != "tenant.json" && !slices.Contains(f.Certificates, name):
			s.ignore(domain+"/"+name, "not simulated yet")
		}
	}
	s.tenantGroups(t, f)
	return nil
}

func (s *seeder) tenantApp(t *Tenant, dir string, f tenantFile) error {
	app := t.DefaultApp()
	if f.ClientSecret != "" {
		app.SetSecret(f.ClientSecret, s.world.clock.Now().AddDate(2, 0, 0))
	}
	if f.Roles != nil {
		app.SetRoles(f.Roles...)
	}
	for _, name := range f.Certificates {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return fmt.Errorf("read certificate: %w", err)
		}
		block, _ := pem.Decode(data)
		if block == nil {
			return fmt.Errorf("read certificate %s: it is not in PEM form", name)
		}
		if err := app.AddCertificate(block.Bytes); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) tenantSeats(t *Tenant, f tenantFile) {
	var seats map[string]int
	if len(f.Licences) > 0 && json.Unmarshal(f.Licences, &seats) != nil {
		return // a plain list: as many as are assigned
	}
	for part, n := range seats {
		if _, ok := skuByPart(part); !ok {
			s.ignore(t.domain+"/tenant.json", "unknown licence "+part)
			continue
		}
		t.SetSeats(part, n)
	}
}

func (s *seeder) tenantGroups(t *Tenant, f tenantFile) {
	for _, g := range f.Groups {
		if t.groupByName(g.Name) != nil {
			continue
		}
		made := Group{DisplayName: g.Name, Mail: g.Mail, Unified: g.Unified || g.Team, Team: g.Team}
		for _, local := range g.Members {
			if u := t.User(local + "@" + t.domain); u != nil {
				made.Members = append(made.Members, u.ID)
			}
		}
		t.AddGroup(made)
	}
}

func (s *seeder) users(dir string, t *Tenant) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			s.ignore(t.domain+"/users/"+e.Name(), "no user's folder")
			continue
		}
		if err := s.user(filepath.Join(dir, e.Name()), e.Name(), t); err != nil {
			return fmt.Errorf("user %s: %w", e.Name(), err)
		}
	}
	return nil
}

func (s *seeder) user(dir, local string, t *Tenant) error {
	var f userFile
	if err := readJSONFile(filepath.Join(dir, "user.json"), &f); err != nil {
		return err
	}
	exists := func(name string) bool { _, err := os.Stat(filepath.Join(dir, name)); return err == nil }
	spec, unknown := f.spec(local, slices.ContainsFunc(userContent, exists))
	spec.Archive = spec.Archive || exists("archive")
	for _, what := range unknown {
		s.ignore(local+"@"+t.domain, "unknown "+what)
	}
	u, err := t.AddUser(spec)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read folder of the user: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch e.Name() {
		case "user.json":
		case "mail", "archive":
			err = s.mailFolder(path, e.Name(), u)
		case "onedrive":
			err = s.driveFolder(path, u, f)
		case "calendar", "contacts", "tasks", "notes":
			err = s.outlookFolder(path, e.Name(), u)
		default:
			s.ignore(u.PrincipalName+"/"+e.Name(), "not simulated yet")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// userContent names the folders that fill a mailbox or a drive.
var userContent = []string{"mail", "archive", "onedrive", "calendar", "contacts", "tasks", "notes"}

// readJSONFile reads a file that may be absent.
func readJSONFile(path string, v any) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read seed: %w", err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return nil
}
