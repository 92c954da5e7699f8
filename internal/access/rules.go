package access

import (
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/fault"
)

// maxReason bounds the length of a reason in characters.
const maxReason = 500

// CheckGive says why a grant may not be made: an unknown role, days that hold nothing, a unit that is not open on
// the first day, one that stands already, or a post that does not go with another of the same account.
func CheckGive(by By, have []Record, g Grant, reason string) error {
	if !g.Role.Known() {
		return fault.New(fault.Invalid, "Vai trò này không có. Hãy chọn vai trò trong danh sách.")
	}
	if by.Account != 0 && by.Account == g.Account {
		return fault.New(fault.Denied, "Không ai tự giao quyền cho mình. Hãy nhờ một người quản trị khác.")
	}
	if err := checkDays(g, reason); err != nil {
		return err
	}
	u := by.Tree.Unit(g.Unit)
	switch {
	case u == nil:
		return fault.New(fault.Invalid, "Không có đơn vị này. Hãy chọn đơn vị trong cây.")
	case !u.Open(g.From):
		return fault.New(fault.Invalid, "Đơn vị "+by.Tree.NameOn(g.Unit, g.From)+" không tồn tại vào ngày "+g.From.Vi()+". Hãy chọn đơn vị có vào ngày đó, hoặc đổi ngày bắt đầu.")
	}
	return checkBeside(have, g)
}

// CheckDelegate says why an account may not be let to act with another's grant: delegation is of one's own grant,
// within its days, never of the administrator's or the confidential officer's post, to somebody else.
func CheckDelegate(by By, own Record, have []Record, g Grant, reason string) error {
	switch {
	case own.Account != by.Account || by.Account == 0:
		return fault.New(fault.Denied, "Chỉ ủy quyền được quyền của chính mình.")
	case own.For != 0:
		return fault.New(fault.Denied, "Quyền được người khác ủy cho thì không ủy tiếp được.")
	case !own.Role.Delegable():
		return fault.New(fault.Denied, "Quyền "+strings.ToLower(own.Role.Name())+" không ủy quyền được. Hãy báo người quản trị để cử người khác.")
	case g.Account == by.Account:
		return fault.New(fault.Invalid, "Hãy chọn một người khác để ủy quyền.")
	}
	if err := checkDays(g, reason); err != nil {
		return err
	}
	switch {
	case g.To == civil.Forever:
		return fault.New(fault.Invalid, "Ủy quyền phải có ngày kết thúc. Hãy ghi ngày cuối cùng vắng mặt.")
	case g.To <= by.Today:
		return fault.New(fault.Invalid, "Ngày kết thúc ủy quyền đã qua. Hãy chọn từ hôm nay trở đi.")
	case g.From < own.From || g.To > own.To:
		return fault.New(fault.Invalid, "Ủy quyền không được dài hơn quyền của chính mình ("+daysText(own.Grant)+").")
	}
	return checkBeside(have, g)
}

// CheckEnd says why a grant may not be ended from a day on.
func CheckEnd(by By, r Record, on civil.Date, reason string) error {
	switch {
	case r.EndedOn != 0 || r.To <= by.Today:
		return fault.New(fault.Conflict, "Quyền này đã kết thúc trước đó. Hãy tải lại trang để xem.")
	case on < by.Today:
		return fault.New(fault.Invalid, "Ngày kết thúc không được trước hôm nay: việc đã làm vẫn đứng tên người ấy.")
	case on > r.To:
		return fault.New(fault.Invalid, "Quyền này vốn kết thúc trước ngày đã chọn.")
	}
	return checkReason(reason)
}

func checkDays(g Grant, reason string) error {
	if g.From < civil.Floor || g.To > civil.Forever || g.From >= g.To {
		return fault.New(fault.Invalid, "Ngày kết thúc phải sau ngày bắt đầu.")
	}
	return checkReason(reason)
}

func checkReason(reason string) error {
	switch n := len([]rune(strings.TrimSpace(reason))); {
	case n == 0:
		return fault.New(fault.Invalid, "Hãy ghi lý do, ví dụ số quyết định.")
	case n > maxReason:
		return fault.New(fault.Invalid, "Lý do dài quá 500 chữ. Hãy viết gọn lại.")
	}
	return nil
}

// checkBeside looks at the other grants of the account in the same days. Whoever runs the system reads neither work
// nor letters, so the administrator's post goes with no other; and the same grant is not made twice.
func checkBeside(have []Record, g Grant) error {
	for _, r := range have {
		if r.To <= g.From || g.To <= r.From {
			continue
		}
		if r.Role == g.Role && r.Unit == g.Unit && r.For == g.For {
			return fault.New(fault.Conflict, "Tài khoản đã có quyền này ("+daysText(r.Grant)+"). Hãy kết thúc quyền cũ trước, hoặc chọn ngày khác.")
		}
		if (r.Role == Administrator) != (g.Role == Administrator) {
			return fault.New(fault.Conflict, "Quản trị hệ thống không kiêm vai trò khác trên cùng một tài khoản, vì không được xem việc và đơn thư. Hãy lập tài khoản riêng.")
		}
		if pair := [2]Role{r.Role, g.Role}; pair == [2]Role{Confidential, Custodian} || pair == [2]Role{Custodian, Confidential} {
			return fault.New(fault.Conflict, "Người giữ khóa danh tính không kiêm cán bộ bảo mật tố cáo: mở danh tính phải có hai người. Hãy chọn người khác.")
		}
	}
	return nil
}

// daysText writes the days of a grant, both counted.
func daysText(g Grant) string {
	if g.To == civil.Forever {
		return "từ " + g.From.Vi()
	}
	return "từ " + g.From.Vi() + " đến " + g.To.AddDays(-1).Vi()
}

// Delegable reports whether a holder of the role may let another act for him while away. Who runs the system or
// keeps denunciations or keys is chosen by name.
func (r Role) Delegable() bool {
	return r.Known() && !slices.Contains([]Role{Administrator, Confidential, Custodian}, r)
}
