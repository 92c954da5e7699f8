// Package app wires the packages into one installation: a database, the catalogue, the units, the ledger, the
// figures and the sealed log. It holds no rule; whoever needs a part takes it from App.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"time"

	catalogdata "danvan/catalog"
	"danvan/internal/access"
	"danvan/internal/audit"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/contest"
	"danvan/internal/contribution"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/disclosure"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/files"
	"danvan/internal/filing"
	"danvan/internal/follow"
	"danvan/internal/identity"
	"danvan/internal/intake"
	"danvan/internal/jobs"
	"danvan/internal/ledger"
	"danvan/internal/matter"
	"danvan/internal/model"
	"danvan/internal/news"
	"danvan/internal/notice"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/press"
	"danvan/internal/reception"
	"danvan/internal/sealed"
	"danvan/internal/sending"
	"danvan/internal/unsaved"
	"danvan/internal/vault"
)

// Options say where the installation is.
type Options struct {
	Data   string // directory of the SQLite file, attachments and the signing key
	DB     string // postgres://..., empty for SQLite in Data
	Create bool   // make the database where there is none
}

// App is an open installation.
type App struct {
	Data    string
	DB      *db.DB
	Catalog *catalog.Catalog
	Org     *org.Keeper
	Ledger  *ledger.Ledger
	Figures *figure.Engine
	Log     *audit.Sequencer
	Imports *intake.Store
	Notices *notice.Board
	Post    *notice.Office
	Clocks  *petition.Clocks
	Portal  string // the address of the public pages, printed with the seals of reports; empty where it is not known
}

// File is the name of the SQLite database in the data directory.
const File = "danvan.db"

// TestUnsafe is the environment variable by which tests run on a throw-away PostgreSQL that keeps nothing through
// a power cut. No office sets it.
const TestUnsafe = "DANVAN_TEST_UNSAFE_DB"

// figureCache bounds what the figure engine keeps in memory.
const figureCache = 128 << 20

// Open opens the installation and checks its catalogue. Close it when done.
func Open(ctx context.Context, o Options) (*App, error) {
	d, err := openDB(ctx, o)
	if err != nil {
		return nil, err
	}
	a, err := assemble(ctx, d, o.Data)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return a, nil
}

func openDB(ctx context.Context, o Options) (*db.DB, error) {
	if o.DB != "" {
		return db.Open(ctx, db.Config{URL: o.DB, Unsafe: os.Getenv(TestUnsafe) == "1"})
	}
	path := filepath.Join(o.Data, File)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if !o.Create {
			return nil, fault.Wrap(err, fault.NotFound, "Chưa có cơ sở dữ liệu trong thư mục "+o.Data+". Chạy danvan demo để dựng tỉnh minh họa, hoặc chỉ đúng thư mục bằng --data.")
		}
		if err := os.MkdirAll(o.Data, 0o700); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Không tạo được thư mục dữ liệu "+o.Data+". Hãy chọn thư mục khác bằng --data.")
		}
	}
	return db.Open(ctx, db.Config{Path: path})
}

func assemble(ctx context.Context, d *db.DB, data string) (*App, error) {
	cat, err := catalog.Load(catalogdata.FS)
	if err != nil {
		return nil, fmt.Errorf("load the catalogue of this program: %w", err)
	}
	led := ledger.New(cat)
	led.InOrder = d.Engine() == db.SQLite
	led.Closed = filing.Closings{}
	led.Law = lawful(cat)
	led.Settle = disclosure.In(cat.Latest()).Settle
	clocks := &petition.Clocks{Catalog: cat, Ledger: led, DB: d}
	desk, hall := reception.Desk{Ledger: led}, dialogue.Desk{Ledger: led}
	gifts := &contribution.Shelf{Ledger: led, Catalog: cat, Engine: d.Engine()}
	juries := &contest.Shelf{Ledger: led, Catalog: cat, Engine: d.Engine()}
	models := &model.Shelf{Ledger: led, Catalog: cat, Engine: d.Engine()}
	led.After = func(ctx context.Context, tx *db.Tx, kind string, entry int64) error {
		return errors.Join(clocks.Posted(ctx, tx, kind, entry), desk.Posted(ctx, tx, kind, entry), hall.Posted(ctx, tx, kind, entry), gifts.Posted(ctx, tx, kind, entry),
			models.Posted(ctx, tx, kind, entry),
			juries.Posted(ctx, tx, kind, entry))
	}
	keeper := &org.Keeper{DB: d, Hooks: onUnits{led}}
	a := &App{Data: data, DB: d, Catalog: cat, Org: keeper, Ledger: led, Log: &audit.Sequencer{DB: d}, Clocks: clocks}
	a.Figures = &figure.Engine{DB: d, Catalog: cat, Cache: figure.NewCache(figureCache), Tree: func() *org.Tree {
		tree, err := keeper.Tree(ctx)
		if err != nil {
			return nil
		}
		return tree
	}}
	a.Imports = &intake.Store{DB: d, Ledger: led, Catalog: cat, Viewer: a.viewer, Flush: a.Log.Flush}
	a.Notices = &notice.Board{DB: d, Tree: keeper.Tree, Sources: a.sources()}
	a.Post = &notice.Office{Board: a.Notices, Cal: func(day civil.Date) *catalog.Calendar { return cat.EditionOn(day).Calendar("vn") }}
	return a, nil
}

// lawful is the law of the kinds that have one, by the newest edition: its rules carry their own days.
func lawful(cat *catalog.Catalog) ledger.Law {
	return func(kind string, today civil.Date, v catalog.Values) ledger.Problems {
		if !petition.IsCase(kind) {
			return nil
		}
		var out ledger.Problems
		for _, p := range (petition.Law{Edition: cat.Latest()}).Lawful(kind, today, v) {
			out = append(out, ledger.Problem{Field: p.Field, Say: p.Say})
		}
		return out
	}
}

// viewer is an account by its login with the grants that hold today, for background work in its name.
func (a *App) viewer(ctx context.Context, login string) (*access.Viewer, error) {
	accounts, err := a.Accounts()
	if err != nil {
		return nil, err
	}
	account, err := accounts.ByLogin(ctx, a.DB.Read(), login)
	if fault.KindOf(err) == fault.NotFound || err == nil && account.State != identity.Active {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	grants, err := access.Grants(ctx, a.DB.Read(), account.ID)
	if err != nil {
		return nil, err
	}
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	return access.NewViewer(tree, civil.FromTime(time.Now()), account.ID, account.Login, account.Name, grants), nil
}

// onUnits is what hangs on units: entries with their facts, and the grants of accounts.
type onUnits struct{ *ledger.Ledger }

func (h onUnits) Hanging(ctx context.Context, q db.Querier, units []org.UnitID, from civil.Date) ([]org.Hanging, error) {
	entries, err := h.Ledger.Hanging(ctx, q, units, from)
	if err != nil {
		return nil, err
	}
	grants, err := access.Hanging(ctx, q, units, from)
	return append(entries, grants...), err
}

// Files opens the store of attachments in the data directory.
func (a *App) Files() (*files.Store, error) {
	return files.New(a.DB, filepath.Join(a.Data, "files"), 0)
}

// Alike finds letters of one matter: it holds what is compared of each in memory and follows the records.
func (a *App) Alike(dossiers *dossier.Book) *matter.Finder {
	store := &matter.Store{Dossiers: dossiers, Catalog: a.Catalog, Tree: a.Org.Tree}
	return &matter.Finder{DB: a.DB, Store: store, Dossiers: dossiers, Tree: a.Org.Tree, Today: func() civil.Date { return civil.FromTime(time.Now()) }}
}

// Dossiers opens what citizens wrote, with the key in the data directory, which is made at first use. A database that
// holds sealed contents is refused without its key.
func (a *App) Dossiers(ctx context.Context, store *files.Store) (*dossier.Book, error) {
	if err := os.MkdirAll(a.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	v, err := vault.Open(ctx, a.DB, a.Data)
	if err != nil {
		return nil, err
	}
	return &dossier.Book{DB: a.DB, Vault: v, Files: store}, nil
}

// Sendings keeps what people send from the public pages.
func (a *App) Sendings(dossiers *dossier.Book) *sending.Office {
	return &sending.Office{DB: a.DB, Catalog: a.Catalog, Ledger: a.Ledger, Dossiers: dossiers, Tree: a.Org.Tree, Now: a.Ledger.Now}
}

// News keeps articles and what readers say of them.
func (a *App) News(dossiers *dossier.Book) *news.Desk {
	return &news.Desk{DB: a.DB, Catalog: a.Catalog, Ledger: a.Ledger, Files: dossiers.Files, Dossiers: dossiers, Tree: a.Org.Tree, Now: a.Ledger.Now}
}

// Follows shows letters to those who sent them.
func (a *App) Follows(dossiers *dossier.Book, alike *matter.Finder) *follow.Desk {
	return &follow.Desk{DB: a.DB, Ledger: a.Ledger, Catalog: a.Catalog, Tree: a.Org.Tree, Dossiers: dossiers, Clocks: a.Clocks, Matters: alike.Store,
		Sendings: a.Sendings(dossiers), Tries: &follow.Tries{}, Now: a.Ledger.Now}
}

// Press makes documents of printed reports, with the LibreOffice of this machine where there is one.
func (a *App) Press(store *files.Store) *press.Press {
	return &press.Press{DB: a.DB, Files: store, Flush: a.Log.Flush, Office: press.FindOffice(), Root: a.Portal}
}

// Accounts opens the store of accounts with the key in the data directory, which is made at first use.
func (a *App) Accounts() (*identity.Store, error) {
	key, err := identity.OpenKey(a.Data)
	if err != nil {
		return nil, err
	}
	return identity.New(a.DB, key), nil
}

// Work does the background jobs until ctx ends.
func (a *App) Work(ctx context.Context) error {
	store, err := a.Files()
	if err != nil {
		return err
	}
	handlers := map[string]jobs.Handler{ledger.JobCheckFiles: ledger.CheckFiles(store), unsaved.JobSweep: unsaved.Sweeper(a.DB), sealed.JobSweep: sealed.Sweeper(a.DB), files.JobSweepParts: store.SweepParts}
	maps.Copy(handlers, a.Imports.Jobs())
	maps.Copy(handlers, a.Press(store).Jobs())
	maps.Copy(handlers, a.Clocks.Jobs())
	dossiers, err := a.Dossiers(ctx, store)
	if err != nil {
		return err
	}
	sendings := a.Sendings(dossiers)
	maps.Copy(handlers, sendings.Jobs())
	if err := sendings.PlanErase(ctx); err != nil {
		return err
	}
	maps.Copy(handlers, dossiers.Jobs())
	go func() {
		if err := a.Clocks.Start(ctx); err != nil && ctx.Err() == nil {
			slog.Error("clocks ended", "err", err)
		}
	}()
	if a.Post.Server != nil {
		handlers[notice.JobMail] = a.Post.Handler
		go func() {
			if err := a.Post.Run(ctx); err != nil && ctx.Err() == nil {
				slog.Error("reminders ended", "err", err)
			}
		}()
	}
	return jobs.Worker{DB: a.DB, Handlers: handlers}.Run(ctx)
}

// Sign makes the sequencer sign checkpoints with the key in the data directory.
func (a *App) Sign(ctx context.Context) error {
	if err := os.MkdirAll(a.Data, 0o700); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	key, err := audit.OpenKey(ctx, a.DB, a.Data)
	if err != nil {
		return err
	}
	a.Log.Key = key
	return nil
}

// Close ends the installation's connections.
func (a *App) Close() error { return a.DB.Close() }
