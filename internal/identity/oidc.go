package identity

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// OIDC are the settings of sign-in through a provider (OpenID Connect). The secret comes from the environment or a
// file, never from an address, and prints as nothing.
type OIDC struct {
	Issuer     string // https://...
	Client     string
	Secret     string
	Back       string // the address of this program that the provider sends people back to
	Name       string // on the button: "Đăng nhập bằng …"
	MatchEmail bool   // link by an e-mail that the provider has verified, the first time
}

func (OIDC) String() string   { return "identity.OIDC" }
func (OIDC) GoString() string { return "identity.OIDC" }

// Provider signs people in somewhere else.
type Provider struct {
	OIDC
	HTTP *http.Client // nil: one that waits ten seconds

	mu    sync.Mutex
	found *oidc.Provider
}

// Journey is what must come back the same from the provider. It travels sealed in a cookie of ten minutes.
type Journey struct {
	State, Nonce, Verifier string
	Then                   string // own path to return to
	Link                   int64  // the account that is being linked, 0 when signing in
	Until                  int64  // Unix seconds
}

// providerFails is what people read when the provider fails; the cause goes to the log.
const providerFails = "Cổng đăng nhập của cơ quan chưa trả lời đúng. Hãy thử lại sau ít phút, hoặc đăng nhập bằng mật khẩu."

// Begin makes a journey and the provider's address to send the browser to.
func (p *Provider) Begin(ctx context.Context, then string, link int64, now time.Time) (Journey, string, error) {
	conf, _, err := p.config(ctx)
	if err != nil {
		return Journey{}, "", err
	}
	j := Journey{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Then: then, Link: link, Until: now.Add(codeWithin).Unix()}
	return j, conf.AuthCodeURL(j.State, oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier)), nil
}

// config asks the provider for its addresses, once it answers.
func (p *Provider) config(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		found, err := oidc.NewProvider(p.client(ctx), p.Issuer)
		if err != nil {
			return nil, nil, fault.Wrap(fmt.Errorf("ask provider: %w", err), fault.Unavailable, providerFails)
		}
		p.found = found
	}
	return &oauth2.Config{ClientID: p.Client, ClientSecret: p.Secret, Endpoint: p.found.Endpoint(), RedirectURL: p.Back,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}, p.found, nil
}

// client outlives the request that asked first, for the provider's keys are fetched again later.
func (p *Provider) client(ctx context.Context) context.Context {
	c := p.HTTP
	if c == nil {
		c = &http.Client{Timeout: 10 * time.Second}
	}
	return oidc.ClientContext(context.WithoutCancel(ctx), c)
}

// Person is who the provider says that somebody is.
type Person struct {
	Issuer, Subject string
	Email           string
	Verified        bool // the provider has verified the e-mail
}

// Finish takes what the provider sent back and says who came. Everything that does not fit the journey is refused.
func (p *Provider) Finish(ctx context.Context, j Journey, state, code string, now time.Time) (Person, error) {
	if j.State == "" || state != j.State || now.Unix() > j.Until {
		return Person{}, fault.New(fault.Denied, "Lượt đăng nhập này đã hết hạn hoặc không bắt đầu từ đây. Hãy đăng nhập lại.")
	}
	conf, found, err := p.config(ctx)
	if err != nil {
		return Person{}, err
	}
	token, err := conf.Exchange(p.client(ctx), code, oauth2.VerifierOption(j.Verifier))
	if err != nil {
		return Person{}, fault.Wrap(errors.New("exchange code: "+kindOfExchange(err)), fault.Unavailable, providerFails)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Person{}, fault.Wrap(errors.New("no id_token"), fault.Unavailable, providerFails)
	}
	id, err := found.VerifierContext(p.client(ctx), &oidc.Config{ClientID: p.Client, Now: func() time.Time { return now }}).Verify(p.client(ctx), raw)
	if err != nil {
		return Person{}, fault.Wrap(fmt.Errorf("verify id_token: %w", err), fault.Denied, providerFails)
	}
	if id.Nonce != j.Nonce {
		return Person{}, fault.Wrap(errors.New("nonce differs"), fault.Denied, providerFails)
	}
	return p.person(ctx, found, token, id)
}

// kindOfExchange says why a code was not taken, without the provider's text, which may repeat what was sent.
func kindOfExchange(err error) string {
	var r *oauth2.RetrieveError
	if errors.As(err, &r) {
		return r.ErrorCode
	}
	return "no answer"
}

// person reads the e-mail from the token, or from the userinfo address where the token has none.
func (p *Provider) person(ctx context.Context, found *oidc.Provider, token *oauth2.Token, id *oidc.IDToken) (Person, error) {
	out := Person{Issuer: id.Issuer, Subject: id.Subject}
	var claims struct {
		Email    string          `json:"email"`
		Verified json.RawMessage `json:"email_verified"` // some providers write a string
	}
	if err := id.Claims(&claims); err != nil {
		return Person{}, fault.Wrap(fmt.Errorf("read claims: %w", err), fault.Denied, providerFails)
	}
	out.Email, out.Verified = claims.Email, string(claims.Verified) == "true" || string(claims.Verified) == `"true"`
	if out.Email != "" || !p.MatchEmail {
		return out, nil
	}
	info, err := found.UserInfo(p.client(ctx), oauth2.StaticTokenSource(token))
	if err != nil {
		return out, nil // no e-mail: only those who are linked come in
	}
	if info.Subject == id.Subject {
		out.Email, out.Verified = info.Email, info.EmailVerified
	}
	return out, nil
}

var errNobody = fault.New(fault.Denied, "Cổng đăng nhập đã nhận ra bạn, nhưng chưa có tài khoản nào ở đây được nối với người ấy, hoặc tài khoản đã ngừng. Hãy đăng nhập bằng mật khẩu rồi nối trong trang Tài khoản, hoặc hỏi người quản trị.")

// Known finds the account of a person whom the provider vouches for. No account is ever made. The first time, where
// the office allows it, one that has the same verified e-mail is linked; two with one e-mail are nobody.
func (s *Store) Known(ctx context.Context, p *Provider, who Person) (Account, error) {
	var a Account
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		var id int64
		err := tx.QueryRowContext(ctx, `SELECT account FROM account_subject WHERE issuer = $1 AND subject = $2`, who.Issuer, who.Subject).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			id, err = s.byEmail(ctx, tx, p, who)
		}
		if err != nil {
			return err
		}
		a, err = s.Account(ctx, tx, id)
		if err == nil && a.State != Active {
			err = errNobody
		}
		return err
	})
	return a, err
}

func (s *Store) byEmail(ctx context.Context, tx *db.Tx, p *Provider, who Person) (int64, error) {
	email, err := cleanEmail(who.Email)
	if err != nil || email == "" || !who.Verified || !p.MatchEmail {
		return 0, errNobody
	}
	rows, err := tx.QueryContext(ctx, `SELECT id FROM account WHERE email = $1 AND state = 'active'`, email)
	if err != nil {
		return 0, fmt.Errorf("look for e-mail: %w", err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return 0, fmt.Errorf("look for e-mail: %w", err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return 0, fmt.Errorf("look for e-mail: %w", err)
	}
	if len(ids) != 1 {
		return 0, errNobody
	}
	return ids[0], s.Link(ctx, tx, Machine, ids[0], who.Issuer, who.Subject)
}

// Link says that an account is the person with this subject at the issuer.
func (s *Store) Link(ctx context.Context, tx *db.Tx, actor string, id int64, issuer, subject string) error {
	if issuer == "" || subject == "" {
		return fault.New(fault.Invalid, "Cần cả địa chỉ cổng đăng nhập và mã người dùng ở cổng ấy.")
	}
	if _, err := s.Account(ctx, tx, id); err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO account_subject (issuer, subject, account, made_ms) VALUES ($1, $2, $3, $4)
		ON CONFLICT (issuer, subject) DO NOTHING`, issuer, subject, id, s.ms())
	if err := one(res, err, "link account"); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = fault.New(fault.Conflict, "Người này ở cổng đăng nhập đã được nối với một tài khoản. Hãy gỡ nối ở tài khoản ấy trước.")
		}
		return err
	}
	return s.act(ctx, tx, "link", actor, id, map[string]string{"issuer": issuer, "subject": subject})
}

// Unlink takes an account's links to providers away.
func (s *Store) Unlink(ctx context.Context, tx *db.Tx, actor string, id int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM account_subject WHERE account = $1`, id); err != nil {
		return fmt.Errorf("unlink account: %w", err)
	}
	return s.act(ctx, tx, "unlink", actor, id, nil)
}

// Linked reports whether an account is linked with a provider.
func (s *Store) Linked(ctx context.Context, q db.Querier, id int64) (bool, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM account_subject WHERE account = $1`, id).Scan(&n); err != nil {
		return false, fmt.Errorf("read links: %w", err)
	}
	return n > 0, nil
}
