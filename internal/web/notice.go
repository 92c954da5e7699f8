package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
	"danvan/internal/notice"
)

// noticeRoutes are the pages of reminders: one's own, one's settings, and the mail that goes out.
func (s *server) noticeRoutes() []route {
	return []route{
		{"GET /nhac-viec", access.SignedIn, nil, s.noticePage},
		{"POST /nhac-viec/hoan", access.SignedIn, nil, s.noticePutOff},
		{"GET /tai-khoan/nhac-viec", access.SignedIn, nil, s.noticeSettingPage},
		{"POST /tai-khoan/nhac-viec", access.SignedIn, nil, s.noticeChoose},
		{"GET /quan-tri/thu", access.RunSystem, nil, s.mailPage},
		{"POST /quan-tri/thu/thu", access.RunSystem, nil, s.mailTest},
		{"POST /quan-tri/thu/{id}/gui-lai", access.RunSystem, nil, s.mailAgain},
	}
}

// keptNotices are the reminders of everybody, as they were found a moment ago: the number in the shell may be late by
// noticeAge, the page of reminders is not.
type keptNotices struct {
	mu    sync.Mutex
	state string
	at    time.Time
	all   map[int64][]notice.Notice
}

// noticeAge is how old the number of reminders in the shell may be after an act.
const noticeAge = time.Minute

// reminders are a person's reminders today; with fresh they follow from what stands now.
func (s *server) reminders(ctx context.Context, account int64, fresh bool) ([]notice.Notice, error) {
	if s.Notices == nil {
		return nil, nil
	}
	state, err := s.state(ctx)
	if err != nil {
		return nil, err
	}
	k := &s.noticed
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil || k.state != state && (fresh || time.Since(k.at) > noticeAge) {
		var all map[int64][]notice.Notice
		err := s.DB.View(ctx, func(q db.Querier) (err error) {
			all, err = s.Notices.All(ctx, q, s.Today())
			return err
		})
		if err != nil {
			return nil, err
		}
		k.state, k.at, k.all = state, time.Now(), all
	}
	return k.all[account], nil
}

// pressing is how many reminders of a person are late, due or returned, for the shell.
func (s *server) pressing(ctx context.Context, account int64) int {
	list, setting, later, err := s.ownReminders(ctx, account, false)
	if err != nil {
		s.Log.Error("count reminders", "err", err)
		return 0
	}
	return len(notice.Pressing(notice.Wanted(list, setting, later, s.Today()), setting, s.Today()))
}

func (s *server) ownReminders(ctx context.Context, account int64, fresh bool) (list []notice.Notice, setting notice.Setting, later map[string]civil.Date, err error) {
	if list, err = s.reminders(ctx, account, fresh); err != nil || len(list) == 0 && !fresh {
		return nil, setting, nil, err
	}
	if setting, err = notice.SettingOf(ctx, s.DB.Read(), account); err != nil {
		return nil, setting, nil, err
	}
	later, err = notice.Later(ctx, s.DB.Read(), account)
	return list, setting, later, err
}

// noticeView is a person's reminders in groups.
type noticeView struct {
	Groups  []noticeGroup
	Away    []reminderLine // put off
	Topic   notice.Topic
	Topics  []topicLink
	All     int
	Day     civil.Date
	Setting notice.Setting
	Mail    string // where the digest goes, empty for nowhere
	Done    string
}

type noticeGroup struct {
	Name  string
	Mark  string // class of the ticket
	Lines []reminderLine
}

// reminderLine is a reminder with the words that say until when.
type reminderLine struct {
	notice.Notice
	When  string
	Where string
	Until civil.Date // put off until
	Form  string     // of the form that puts it off
}

type topicLink struct {
	Name, Href string
	N          int
	Current    bool
}

func (s *server) noticePage(w http.ResponseWriter, r *http.Request) error {
	who := viewer(r.Context())
	list, setting, later, err := s.ownReminders(r.Context(), who.Account, true)
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	day := s.Today()
	v := noticeView{Day: day, Setting: setting, Done: r.URL.Query().Get("xong"), Topic: notice.Topic(r.URL.Query().Get("loai")), All: len(list)}
	v.Topics = topicLinks(list, v.Topic)
	groups := []noticeGroup{{Name: "Bị trả lại", Mark: "late"}, {Name: "Quá hạn", Mark: "late"}, {Name: "Hôm nay", Mark: "wait"}, {Name: "Sắp đến hạn", Mark: "wait"}, {Name: "Còn thời gian"}, {Name: "Đang chờ"}}
	for _, n := range list {
		if v.Topic != "" && n.Topic != v.Topic {
			continue
		}
		line := reminderLine{Notice: n, When: untilWords(n, day), Where: tree.NameOn(n.Unit, day), Until: later[n.Key], Form: newForm().Key}
		if line.Until > day {
			v.Away = append(v.Away, line)
			continue
		}
		g := &groups[groupOf(n, day, setting.Ahead)]
		g.Lines = append(g.Lines, line)
	}
	v.Groups = slices.DeleteFunc(groups, func(g noticeGroup) bool { return len(g.Lines) == 0 })
	if s.Post != nil && s.Post.Server != nil && setting.How != notice.Off {
		if a, err := s.Accounts.Account(r.Context(), s.DB.Read(), who.Account); err == nil {
			v.Mail = a.Email
		}
	}
	return s.render(w, r, http.StatusOK, page{Title: "Nhắc việc", Section: "nhac-viec"}, noticesPage(v))
}

func topicLinks(list []notice.Notice, now notice.Topic) []topicLink {
	out := []topicLink{{"Tất cả", "/nhac-viec", len(list), now == ""}}
	for _, t := range notice.Topics() {
		n := 0
		for _, x := range list {
			if x.Topic == t {
				n++
			}
		}
		if n > 0 || t == now {
			out = append(out, topicLink{t.Name(), "/nhac-viec?loai=" + string(t), n, t == now})
		}
	}
	return out
}

func groupOf(n notice.Notice, day civil.Date, ahead int) int {
	switch {
	case n.Topic == notice.Returned:
		return 0
	case n.Late(day):
		return 1
	case n.Due == day:
		return 2
	case n.Due == 0:
		return 5
	case n.Stage(day, ahead) == notice.Soon:
		return 3
	}
	return 4
}

func untilWords(n notice.Notice, day civil.Date) string {
	switch left := day.DaysUntil(n.Due); {
	case n.Due == 0 && n.Since != 0:
		return "từ " + n.Since.Vi()
	case n.Due == 0:
		return ""
	case left < 0:
		return fmt.Sprintf("Quá %d ngày", -left)
	case left == 0:
		return "Hôm nay"
	default:
		return fmt.Sprintf("Còn %d ngày", left)
	}
}

// mostPutOff is how long a reminder may be put off: it comes back before anybody forgets it.
const mostPutOff = 30

func (s *server) noticePutOff(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	days, err := strconv.Atoi(f.get("ngay"))
	if err != nil || days < 0 || days > mostPutOff {
		return fault.Newf(fault.Invalid, "Hoãn nhắc từ 1 đến %d ngày. Hãy quay lại danh sách nhắc việc rồi chọn lại.", mostPutOff)
	}
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		return notice.PutOff(r.Context(), tx, viewer(r.Context()).Account, f.get("viec"), s.Today().AddDays(days))
	})
	if err != nil {
		return err
	}
	word := "hoan"
	if days == 0 {
		word = "nhac-lai"
	}
	return seeOther(w, r, "/nhac-viec?"+url.Values{"xong": {word}}.Encode())
}

// noticeSettingView is how a person is reminded.
type noticeSettingView struct {
	Form   form
	Email  string
	Server bool
	Done   string
}

func (s *server) noticeSettingPage(w http.ResponseWriter, r *http.Request) error {
	set, err := notice.SettingOf(r.Context(), s.DB.Read(), viewer(r.Context()).Account)
	if err != nil {
		return err
	}
	f := newForm()
	f.Values = url.Values{"cach": {string(set.How)}, "gio": {clockTime(set.At)}, "im-tu": {clockTime(set.QuietFrom)}, "im-den": {clockTime(set.QuietTo)}, "truoc": {strconv.Itoa(set.Ahead)}}
	if set.DaysOff {
		f.Values.Set("ngay-nghi", "co")
	}
	for _, t := range notice.Topics() {
		if set.Wants(t) {
			f.Values.Add("loai", string(t))
		}
	}
	return s.showNoticeSetting(w, r, http.StatusOK, f)
}

func (s *server) showNoticeSetting(w http.ResponseWriter, r *http.Request, status int, f form) error {
	v := noticeSettingView{Form: f, Server: s.Post != nil && s.Post.Server != nil, Done: r.URL.Query().Get("xong")}
	if s.Accounts != nil {
		a, err := s.Accounts.Account(r.Context(), s.DB.Read(), viewer(r.Context()).Account)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		v.Email = a.Email
	}
	return s.render(w, r, status, page{Title: titled("Cách nhắc việc", f.Wrong), Section: "tai-khoan-toi"}, noticeSettingForm(v))
}

func clockTime(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

func (s *server) noticeChoose(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	set := chosenSetting(&f)
	if len(f.Wrong) == 0 {
		err = s.onceFor(r, f, func(tx *db.Tx) error {
			return notice.Choose(r.Context(), tx, viewer(r.Context()).Account, set, time.Now())
		})
		if said := sentence(err); said != "" {
			f.say("cach", said)
		} else if err != nil {
			return err
		}
	}
	if len(f.Wrong) > 0 {
		return s.showNoticeSetting(w, r, http.StatusUnprocessableEntity, f)
	}
	return seeOther(w, r, "/tai-khoan/nhac-viec?xong=luu")
}

func chosenSetting(f *form) notice.Setting {
	set := notice.Setting{How: notice.How(f.get("cach")), DaysOff: f.get("ngay-nghi") == "co"}
	for name, to := range map[string]*int{"gio": &set.At, "im-tu": &set.QuietFrom, "im-den": &set.QuietTo} {
		t, err := time.Parse("15:04", strings.TrimSpace(f.get(name)))
		if err != nil {
			f.say(name, "Giờ viết như 07:30, từ 00:00 đến 23:59.")
			continue
		}
		*to = t.Hour()*60 + t.Minute()
	}
	n, err := strconv.Atoi(strings.TrimSpace(f.get("truoc")))
	if err != nil || n < 0 || n > notice.MostAhead {
		f.say("truoc", fmt.Sprintf("Nhắc trước là số ngày từ 0 đến %d.", notice.MostAhead))
	}
	set.Ahead = n
	if !slices.Contains([]notice.How{notice.Off, notice.Daily, notice.Weekly, notice.Each}, set.How) {
		f.say("cach", "Hãy chọn cách gửi thư nhắc.")
	}
	for _, t := range notice.Topics() {
		if !slices.Contains(f.Values["loai"], string(t)) {
			set.Unwanted = append(set.Unwanted, t)
		}
	}
	return set
}

// mailView is the mail that goes out, for the administrator: to whom and how it went, without what it says.
type mailView struct {
	Server *notice.Server
	Mails  []mailLine
	More   int64 // the number after which older ones follow, 0 for none
	Form   form
	To     string // where a test goes
	Done   string
}

type mailLine struct {
	notice.Mail
	Name string
	Key  string
}

const mailsShown = 50

func (s *server) mailPage(w http.ResponseWriter, r *http.Request) error {
	before, _ := strconv.ParseInt(r.URL.Query().Get("truoc"), 10, 64)
	v := mailView{Form: newForm(), Done: r.URL.Query().Get("xong")}
	if s.Post != nil {
		v.Server = s.Post.Server
	}
	list, err := notice.Mails(r.Context(), s.DB.Read(), before, mailsShown+1)
	if err != nil {
		return err
	}
	if len(list) > mailsShown {
		list = list[:mailsShown]
		v.More = list[mailsShown-1].ID
	}
	for _, m := range list {
		line := mailLine{Mail: m, Key: newForm().Key}
		if a, err := s.Accounts.Account(r.Context(), s.DB.Read(), m.Account); err == nil {
			line.Name = a.Name
		}
		v.Mails = append(v.Mails, line)
	}
	if a, err := s.Accounts.Account(r.Context(), s.DB.Read(), viewer(r.Context()).Account); err == nil {
		v.To = a.Email
	}
	return s.render(w, r, http.StatusOK, page{Title: "Thư nhắc việc", Section: "thu"}, mailsPage(v))
}

func (s *server) mailTest(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	me, err := s.ownAccount(r)
	if err != nil {
		return err
	}
	switch {
	case s.Post == nil || s.Post.Server == nil:
		return fault.New(fault.Invalid, "Chưa đặt máy chủ thư. Chạy danvan serve với --mail-server và --mail-from rồi thử lại.")
	case me.Email == "":
		return fault.New(fault.Invalid, "Tài khoản của bạn chưa có thư điện tử. Hãy ghi địa chỉ ở trang tài khoản rồi thử lại.")
	}
	if err := s.onceFor(r, f, func(tx *db.Tx) error { return s.Post.Test(r.Context(), tx, me) }); err != nil {
		return err
	}
	return seeOther(w, r, "/quan-tri/thu?xong=thu-thu")
}

func (s *server) ownAccount(r *http.Request) (identity.Account, error) {
	return s.Accounts.Account(r.Context(), s.DB.Read(), viewer(r.Context()).Account)
}

func (s *server) mailAgain(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := s.onceFor(r, f, func(tx *db.Tx) error { return notice.Again(r.Context(), tx, id) }); err != nil {
		return err
	}
	return seeOther(w, r, "/quan-tri/thu?xong=gui-lai")
}

func (v noticeSettingView) wants(t notice.Topic) bool {
	return slices.Contains(v.Form.Values["loai"], string(t))
}

func securityWords(s notice.Security) string {
	switch s {
	case notice.TLS:
		return "Mã hóa TLS từ đầu"
	case notice.StartTLS:
		return "Mã hóa STARTTLS (bắt buộc)"
	}
	return "Không mã hóa, trong chính máy này"
}

func mailWords(m notice.Mail) string {
	switch {
	case m.State == notice.MailSent:
		return "Đã gửi " + m.Sent.In(notice.Zone).Format("15:04 02/01/2006")
	case m.State == notice.MailRefused:
		return "Bị từ chối"
	case m.Tries > 0:
		return "Chưa gửi được, sẽ thử lại"
	}
	return "Chờ gửi " + m.Due.In(notice.Zone).Format("15:04 02/01/2006")
}

func mailMark(state notice.MailState) string {
	switch state {
	case notice.MailSent:
		return "done"
	case notice.MailRefused:
		return "late"
	}
	return "wait"
}
