package portal

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/flood"
	"danvan/internal/org"
	"danvan/internal/sending"
)

// sendings is what the pages of sending ask: they put in, and get receipts. Nothing that was sent comes back by it.
type sendings interface {
	Send(ctx context.Context, tx *db.Tx, d sending.Draft) (sending.Receipt, error)
	Sent(ctx context.Context, key string) (sending.Receipt, bool, error)
	KeepDraft(ctx context.Context, key string, values map[string][]string, files []sending.Parked) error
	DraftOf(ctx context.Context, key string) (map[string][]string, bool, error)
	Park(ctx context.Context, data []byte, name string) (sending.Parked, error)
	Drop(ctx context.Context, token string) error
	DropDraft(ctx context.Context, key string) error
	Confidential(ctx context.Context, q db.Querier, place org.UnitID, above bool) (sending.Confidential, bool, error)
	ParkSealed(ctx context.Context, to sending.Confidential, data []byte, name string) (sending.Parked, error)
	Denounce(ctx context.Context, d sending.Denunciation) (sending.Receipt, error)
	Next(class string, day civil.Date) []clock.Deadline
}

// How often pages are turned, and how often something is sent, before a device is asked to work or to wait: generous,
// for behind one address there may be a whole village or everybody of one telephone company.
var (
	turnsEach, turnsAll = flood.Rate{Burst: 120, Every: time.Second}, flood.Rate{Burst: 600, Every: 20 * time.Millisecond}
	sendsEach, sendsAll = flood.Rate{Burst: 10, Every: time.Minute}, flood.Rate{Burst: 120, Every: time.Second}
	votesEach, votesAll = flood.Rate{Burst: 12, Every: time.Minute}, flood.Rate{Burst: 300, Every: 200 * time.Millisecond}
)

// workBits and waitTime are what is asked of who sends while it is crowded.
const (
	workBits = 16
	waitTime = 30 * time.Second
)

// sentFile is a file as it came, in memory.
type sentFile struct {
	Name string
	Data []byte
}

// What a page of sending may bring: bytes in all, and how long a slow line may take.
const (
	pageMost = sending.FilesMost*sending.FileMost + 1<<20
	lineTime = 15 * time.Minute
)

// upload reads a form with files, wholly in memory: nothing that was sent touches the disk before it is sealed.
func upload(w http.ResponseWriter, r *http.Request) (url.Values, []sentFile, error) {
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(lineTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, nil, err
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		values, err := posted(w, r)
		return values, nil, err
	}
	r.Body = http.MaxBytesReader(w, r.Body, pageMost)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Invalid, "Không đọc được nội dung gửi lên. Hãy quay lại và gửi lại.")
	}
	return readParts(parts)
}

func readParts(parts *multipart.Reader) (url.Values, []sentFile, error) {
	values, text := url.Values{}, 0
	var files []sentFile
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return values, files, nil
		}
		if err != nil {
			return nil, nil, fault.Wrap(err, fault.Invalid, "Đường truyền bị ngắt giữa chừng, hoặc các tệp lớn quá. Hãy quay lại, chọn ít tệp hơn rồi gửi lại; phần chữ vẫn còn.")
		}
		limit := formBytes
		if part.FileName() != "" {
			limit = sending.FileMost
		}
		data, err := io.ReadAll(io.LimitReader(part, int64(limit)+1))
		switch {
		case err != nil:
			return nil, nil, fault.Wrap(err, fault.Invalid, "Đường truyền bị ngắt giữa chừng. Hãy quay lại và gửi lại; phần chữ vẫn còn.")
		case part.FileName() != "" && len(files) < 2*sending.FilesMost:
			files = append(files, sentFile{part.FileName(), data}) // one that is too long is refused where it is looked at
		case part.FileName() == "" && part.FormName() != "":
			if text += len(data); text > formBytes || len(values) > 100 {
				return nil, nil, fault.New(fault.Invalid, "Nội dung dài quá. Hãy rút gọn rồi gửi lại.")
			}
			if part.Header.Get("Content-Type") == "" {
				values.Add(part.FormName(), strings.ReplaceAll(string(data), "\r\n", "\n"))
			}
		}
	}
}

// parkedText and parkedOf carry a parked file in a form: token, size and name.
func parkedText(p sending.Parked) string {
	return p.Token + "|" + itoa(p.Size) + "|" + p.Name
}

func parkedOf(list []string) []sending.Parked {
	var out []sending.Parked
	for _, text := range list {
		parts := strings.SplitN(text, "|", 3)
		if len(parts) == 3 && len(out) < sending.FilesMost {
			out = append(out, sending.Parked{Token: parts[0], Size: number(parts[1]), Name: parts[2]})
		}
	}
	return out
}

// crowd is the page that asks for a little work, or a little patience: nobody is refused.
type crowd struct {
	Work, Ticket string
	Bits         int
	Wait         int // seconds
	Early        bool
}

// letPass reports whether something may be sent now; else it gives what is asked for first.
func (p *portal) letPass(r *http.Request, values url.Values) (crowd, bool) {
	return pass(p.sends, r, values)
}

// pass reports whether a gate lets something through now; else it gives what is asked for first.
func pass(g *flood.Gate, r *http.Request, values url.Values) (crowd, bool) {
	work, ticket := values.Get("cong-viec"), values.Get("phieu-cho")
	if work != "" && g.Worked(work, values.Get("dap-so")) {
		return crowd{}, true
	}
	if ticket != "" {
		if left, ok := g.Left(ticket); ok && left > 0 {
			return crowd{Work: g.Work(workBits), Bits: workBits, Ticket: ticket, Wait: int(left.Seconds()) + 1, Early: true}, false
		} else if ok {
			return crowd{}, true
		}
	}
	if g.Take(r.RemoteAddr) {
		return crowd{}, true
	}
	return crowd{Work: g.Work(workBits), Bits: workBits, Ticket: g.Ticket(waitTime), Wait: int(waitTime.Seconds())}, false
}

// errTooFast is said where pages are turned by a machine.
var errTooFast = fault.New(fault.Unavailable, "Cổng đang nhận quá nhiều lượt từ nơi bạn dùng mạng. Hãy chờ một phút, quay lại trang trước rồi bấm lại; nội dung đã gõ vẫn còn.")
