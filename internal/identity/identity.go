// Package identity says who somebody is: accounts, passwords, second factors, sessions, sign-in through a provider.
// What a person may do is no matter of this package (see access).
//
// An account is made by the administrator, never by whoever comes; it is never deleted and its login is never used
// again, for every act in the log names it. Official acts on accounts (made, password set, second factor removed,
// sign-in locked, disabled) leave an audit leaf in their own transaction.
//
// Signing in has one answer for every failure: no such login, wrong password, disabled, locked. All of them cost one
// argon2id hash and are counted before it is computed, by account and by network address (throttle.go), in the
// database, so that neither a restart nor many tries at once give more guesses.
//
// A session is a random token in the browser's cookie, of which the database knows the SHA-256. What still stands
// between a session and the pages is its Step: a code of the second factor, a new password, a second factor that the
// person's role asks for.
package identity

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// State says whether an account may sign in.
type State string

// The states of an account.
const (
	Active   State = "active"
	Disabled State = "disabled"
)

// Account is somebody who may sign in.
type Account struct {
	ID          int64
	Login       string // never changes, never used again
	Name        string
	Email       string // optional
	State       State
	Theme       string // "light", "dark", or empty: the device decides
	HasPassword bool
	MustChange  bool      // the password was given by somebody else
	Until       time.Time // when such a password runs out; zero for never
	TOTP        bool      // has a second factor
	LockedUntil time.Time // of the last lock, may be past; zero for none
	Created     time.Time
	SignedIn    time.Time // last time; zero for never
}

// Locked reports whether sign-in is locked at the moment.
func (a Account) Locked(now time.Time) bool { return now.Before(a.LockedUntil) }

// NewAccount is an account to be made.
type NewAccount struct{ Login, Name, Email string }

// Store keeps accounts, sessions and tries. Make it with New.
type Store struct {
	DB   *db.DB
	Now  func() time.Time // the clock
	Idle time.Duration    // a session ends when it was not used for so long
	Last time.Duration    // and at any rate so long after signing in

	key     Key
	hashing chan struct{} // how many passwords may be hashed at once: each takes memory and a processor
}

// The limits of a session where the office sets no others: an office's day, and a long meeting.
const (
	DefaultIdle = 2 * time.Hour
	DefaultLast = 12 * time.Hour
)

// New returns the store of a database. The key seals second factors and hides addresses.
func New(d *db.DB, key Key) *Store {
	return &Store{DB: d, Now: time.Now, Idle: DefaultIdle, Last: DefaultLast, key: key, hashing: make(chan struct{}, atOnce)}
}

// atOnce bounds the memory of hashing: 8 times 19 MiB.
const atOnce = 8

// hashSlot waits for its turn to hash a password.
func (s *Store) hashSlot(ctx context.Context) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	select {
	case s.hashing <- struct{}{}:
		return func() { <-s.hashing }, nil
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Unavailable, "Đang có quá nhiều người đăng nhập cùng lúc. Hãy thử lại sau ít phút.")
	}
}

func (s *Store) ms() int64 { return s.Now().UnixMilli() }

var loginForm = regexp.MustCompile(`^[a-z][a-z0-9._-]{2,31}$`)

// check brings a new account into its form, or says what is wrong with it.
func (n NewAccount) check() (NewAccount, error) {
	n.Login = CleanLogin(n.Login)
	if !loginForm.MatchString(n.Login) {
		return n, fault.New(fault.Invalid, "Tên đăng nhập gồm 3 đến 32 ký tự: chữ cái không dấu, chữ số, dấu chấm, gạch nối, gạch dưới; bắt đầu bằng chữ cái.")
	}
	var err error
	if n.Name, err = cleanName(n.Name); err != nil {
		return n, err
	}
	n.Email, err = cleanEmail(n.Email)
	return n, err
}

// CleanLogin is the form in which logins are compared: without space around, in small letters.
func CleanLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

func cleanName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if n := utf8.RuneCountInString(name); n < 2 || n > 100 || strings.ContainsFunc(name, unicode.IsControl) || !utf8.ValidString(name) {
		return "", fault.New(fault.Invalid, "Họ và tên cần từ 2 đến 100 ký tự, không có ký tự điều khiển.")
	}
	return name, nil
}

var emailForm = regexp.MustCompile(`^[^\s@<>"]{1,64}@[^\s@<>"]+\.[^\s@<>"]+$`)

func cleanEmail(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if email != "" && (len(email) > 200 || !emailForm.MatchString(email)) {
		return "", fault.New(fault.Invalid, "Địa chỉ thư điện tử không đúng. Viết như ten@coquan.gov.vn, hoặc để trống.")
	}
	return email, nil
}

// folded is what a list of accounts is searched in.
func folded(login, name, email string) string { return civil.Fold(login + " " + name + " " + email) }
