package access

import "slices"

// Right is one thing that a person may do over a unit's subtree.
type Right string

// The rights. Public and SignedIn are asked of no unit.
const (
	Public            Right = "public"             // without signing in
	SignedIn          Right = "signed_in"          // whoever is signed in: units, catalogue, own account
	ReadWork          Right = "read_work"          // entries but letters, figures, reports
	RecordWork        Right = "record_work"        // record, amend, void, import entries but letters
	ConfirmWork       Right = "confirm_work"       // confirm what was recorded
	ReadLetters       Right = "read_letters"       // the content of citizens' letters and receptions
	RecordLetters     Right = "record_letters"     // record, amend, void letters and receptions
	RecordAny         Right = "record_any"         // either of the two: to open a form, before its kind is known
	ReadDenunciations Right = "read_denunciations" // the content of denunciations; with RecordLetters their steps too
	SeeSender         Right = "see_sender"         // who sent a letter that is no denunciation: by need, with a reason, logged
	VerifyLetters     Right = "verify_letters"     // verification report, dialogue and papers of the cases assigned to one
	OpenIdentity      Right = "open_identity"      // the officer's half of opening a sealed identity
	KeepKeys          Right = "keep_keys"          // the custodian's half of it
	HoldKey           Right = "hold_key"           // either of the two: to have a key of one's own
	ReadLog           Right = "read_log"           // the sealed log and who did what
	ManageAccounts    Right = "manage_accounts"    // accounts, grants, delegations of others
	ChangeUnits       Right = "change_units"       // merge, split, rename, open, end units
	RunSystem         Right = "run_system"         // settings of the installation
	WriteForOthers    Right = "write_for_others"   // write down, for somebody who is there, what he sends over the portal
	SpeakForVillage   Right = "speak_for_village"  // confirm or dispute, for one's village, what was promised to it
	JudgeContests     Right = "judge_contests"     // score pieces of the contests to whose jury one is appointed
)

// Role is a post's list of rights.
type Role string

// The roles (nhân viên nhập liệu, chuyên viên, người duyệt, lãnh đạo, thanh tra, bộ phận tiếp dân, cán bộ xử
// lý đơn, người xác minh, cán bộ bảo mật, người giữ khóa, kiểm toán, quản trị, trưởng thôn, giám khảo).
const (
	Clerk         Role = "clerk"
	Specialist    Role = "specialist"
	Approver      Role = "approver"
	Leader        Role = "leader"
	Inspector     Role = "inspector"
	Desk          Role = "reception_desk"
	Officer       Role = "petition_officer"
	Verifier      Role = "verifier"
	Confidential  Role = "confidential_officer"
	Custodian     Role = "custodian"
	Auditor       Role = "auditor"
	Administrator Role = "administrator"
	VillageHead   Role = "village_head"
	Juror         Role = "juror"
)

// roleRow is a role with its Vietnamese name and rights.
type roleRow struct {
	Role   Role
	Name   string
	Does   string // in a sentence, for the page that grants it
	TOTP   bool   // signing in takes a second factor
	Rights []Right
}

// The administrator runs the system and reads neither work nor letters.
var roles = []roleRow{
	{Clerk, "Cán bộ ghi nhận", "Ghi nhận, sửa việc của đơn vị mình; xem số liệu, báo cáo.", false, []Right{ReadWork, RecordWork, RecordAny, WriteForOthers}},
	{Specialist, "Chuyên viên tổng hợp", "Ghi nhận, nhập tệp, xác nhận, tổng hợp báo cáo của đơn vị mình và cấp dưới.", false, []Right{ReadWork, RecordWork, RecordAny, ConfirmWork, WriteForOthers}},
	{Approver, "Người duyệt", "Xem và xác nhận việc đã ghi nhận.", false, []Right{ReadWork, ConfirmWork}},
	{Leader, "Lãnh đạo", "Xem mọi số liệu, báo cáo, việc và đơn thư của phạm vi phụ trách; xác nhận.", false, []Right{ReadWork, ConfirmWork, ReadLetters, ReadDenunciations}},
	{Inspector, "Thanh tra, kiểm tra", "Xem việc, đơn thư và sổ niêm phong của phạm vi phụ trách; không sửa.", false, []Right{ReadWork, ReadLetters, ReadDenunciations, ReadLog}},
	{Desk, "Bộ phận tiếp công dân", "Ghi nhận buổi tiếp, đơn thư và việc của đơn vị mình; nhận đơn tố cáo nhưng không xem nội dung.", false, []Right{ReadWork, RecordWork, ReadLetters, RecordLetters, SeeSender, RecordAny, WriteForOthers}},
	{Officer, "Cán bộ xử lý đơn", "Phân loại, xử lý, theo dõi đơn của đơn vị mình, trừ nội dung tố cáo.", false, []Right{ReadWork, ReadLetters, RecordLetters, SeeSender, VerifyLetters, RecordAny, WriteForOthers}},
	{Verifier, "Người xác minh", "Xác minh vụ việc được giao, báo cáo kết quả xác minh.", false, []Right{ReadWork, ReadLetters, SeeSender, VerifyLetters}},
	{Confidential, "Cán bộ bảo mật tố cáo", "Xử lý đơn thư, cả tố cáo; giữ nửa khóa mở danh tính người tố cáo; đăng nhập hai lớp.", true, []Right{ReadWork, ReadLetters, RecordLetters, ReadDenunciations, SeeSender, VerifyLetters, OpenIdentity, HoldKey, RecordAny, WriteForOthers}},
	{Custodian, "Người giữ khóa danh tính", "Giữ nửa khóa còn lại, cho mở hay từ chối mở danh tính người tố cáo; không xem đơn thư.", true, []Right{KeepKeys, HoldKey}},
	{Auditor, "Kiểm toán sổ", "Đối chiếu sổ niêm phong, xem ai làm gì; không sửa.", true, []Right{ReadWork, ReadLog}},
	{Administrator, "Quản trị hệ thống", "Tài khoản, phân quyền, đơn vị, danh mục; không xem việc và đơn thư.", true, []Right{ReadLog, ManageAccounts, ChangeUnits, RunSystem}},
	{VillageHead, "Trưởng thôn, tổ trưởng tổ dân phố", "Xem việc của xã; thay mặt thôn xác nhận hay chưa đồng ý điều đã hứa với thôn; gửi thay người dân đang ở cạnh.", false, []Right{ReadWork, SpeakForVillage, WriteForOthers}},
	{Juror, "Giám khảo hội thi", "Chấm bài của hội thi mà mình ở ban giám khảo; chỉ xem phiếu của mình, không xem việc khác.", false, []Right{JudgeContests}},
}

// Roles are all roles, in the order of the posts of an office.
func Roles() []Role {
	var out []Role
	for _, r := range roles {
		out = append(out, r.Role)
	}
	return out
}

func (r Role) row() *roleRow {
	if i := slices.IndexFunc(roles, func(x roleRow) bool { return x.Role == r }); i >= 0 {
		return &roles[i]
	}
	return nil
}

// Known reports whether the role exists.
func (r Role) Known() bool { return r.row() != nil }

// Name is the role's Vietnamese name.
func (r Role) Name() string {
	if row := r.row(); row != nil {
		return row.Name
	}
	return string(r)
}

// Does says in a sentence what the role may do.
func (r Role) Does() string {
	if row := r.row(); row != nil {
		return row.Does
	}
	return ""
}

// NeedsTOTP reports whether whoever holds the role signs in with a second factor.
func (r Role) NeedsTOTP() bool { row := r.row(); return row != nil && row.TOTP }

// Rights are the role's rights.
func (r Role) Rights() []Right {
	if row := r.row(); row != nil {
		return slices.Clone(row.Rights)
	}
	return nil
}

// Has reports whether the role includes the right.
func (r Role) Has(right Right) bool {
	row := r.row()
	return row != nil && slices.Contains(row.Rights, right)
}
