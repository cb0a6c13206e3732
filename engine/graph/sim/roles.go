package sim

import "strings"

// appRole is an application permission of Microsoft Graph, by its name and id.
type appRole struct{ value, id string }

// appRoles are the application permissions that the simulator knows ("Microsoft
// Graph permissions reference").
var appRoles = []appRole{
	{"AppRoleAssignment.ReadWrite.All", "06b708a9-e830-4db3-a914-8e69da51d44f"},
	{"Application.Read.All", "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"},
	{"Application.ReadWrite.OwnedBy", "18a4783c-866b-4cc7-a460-3d5e5662c884"},
	{"Calendars.Read", "798ee544-9d2d-430c-a058-570e29e34338"},
	{"Calendars.ReadWrite", "ef54d2bf-783f-4e0f-bca1-3210c0444d99"},
	{"Channel.Create", "f3a65bd4-b703-46df-8f7e-0174fea562aa"},
	{"Channel.ReadBasic.All", "59a6b24b-4225-4393-8165-ebaec5f55d7a"},
	{"ChannelMember.Read.All", "3b55498e-47ec-484f-8136-9013221c06a9"},
	{"ChannelMember.ReadWrite.All", "35930dcf-aceb-4bd1-b99a-8ffed403c974"},
	{"ChannelMessage.Read.All", "7b2449af-6ccd-4f4d-9f78-e550c193f0d1"},
	{"ChannelSettings.Read.All", "c97b873f-f59f-49aa-8a0e-52b32d762124"},
	{"Chat.Read.All", "6b7d71aa-70aa-4810-a8d9-5d9fb2830017"},
	{"ChatMember.Read.All", "a3410be2-8e48-4f32-8454-c29a7465209d"},
	{"Contacts.Read", "089fe4d0-434a-44c5-8827-41ba8a0b17f5"},
	{"Contacts.ReadWrite", "6918b873-d17a-4dc1-b314-35f528134491"},
	{"DelegatedAdminRelationship.Read.All", "f6e9e124-4586-492f-adc0-c6f96e4823fd"},
	{"Directory.Read.All", "7ab1d382-f21e-4acd-a863-ba3e13f7da61"},
	{"Files.Read.All", "01d4889c-1287-42c6-ac1f-5d1e02578ef6"},
	{"Files.ReadWrite.All", "75359482-378d-4052-8f01-80520e7db3cd"},
	{"Files.SelectedOperations.Selected", "bd61925e-3bf4-4d62-bc0b-06b06c96d95c"},
	{"Group.Read.All", "5b567255-7703-4780-807c-7be8301ae99b"},
	{"Group.ReadWrite.All", "62a82d76-70ea-41e2-9197-370581804d09"},
	{"GroupMember.Read.All", "98830695-27a2-44f7-8c18-0c3ebc9698f6"},
	{"Lists.SelectedOperations.Selected", "23c5a9bd-d900-4ecf-be26-a0689755d9e5"},
	{"Mail.Read", "810c84a8-4a9e-49e6-bf7d-12d183f40d01"},
	{"Mail.ReadBasic.All", "693c5e45-0940-467d-9b8a-1022fb9d42ef"},
	{"Mail.ReadWrite", "e2a3a72e-5f79-4c64-b1b1-878b674786c9"},
	{"Mail.Send", "b633e1c5-b582-4048-a93e-9f11b44c7e96"},
	{"MailboxFolder.Read.All", "99280d24-a782-4793-93cc-0888549957f6"},
	{"MailboxFolder.ReadWrite.All", "fef87b92-8391-4589-9da7-eb93dab7dc8a"},
	{"MailboxItem.ImportExport.All", "76577085-e73d-4f1d-b26a-85fb33892327"},
	{"MailboxItem.Read.All", "7d9f353d-a7bd-4fbb-822a-26d5dd39a3ce"},
	{"MailboxSettings.Read", "40f97065-369a-49f4-947c-6a255697ae91"},
	{"MailboxSettings.ReadWrite", "6931bccd-447a-43d1-b442-00a195474933"},
	{"Notes.Read.All", "3aeca27b-ee3a-4c2b-8ded-80376e2134a4"},
	{"Organization.Read.All", "498476ce-e0fe-48b0-b801-37ba7e2685c6"},
	{"Reports.Read.All", "230c1aed-a721-4c5d-9cb4-a90514e508ef"},
	{"Sites.FullControl.All", "a82116e5-55eb-4c41-a434-62fe8a61c773"},
	{"Sites.Manage.All", "0c0bf378-bf22-4481-8f81-9e89a9b4960a"},
	{"Sites.Read.All", "332a536c-c7ef-4017-ab91-336970924f0d"},
	{"Sites.ReadWrite.All", "9492366f-7969-46a4-8d15-ed1a20078fff"},
	{"Sites.Selected", "883ea226-0bf2-4a8f-9f9d-92c9162a727d"},
	{"Tasks.Read.All", "f10e1f91-74ed-437f-a6fd-d6ae88e26c1f"},
	{"Tasks.ReadWrite.All", "44e666d1-d276-445b-a5fc-8815eeb81d55"},
	{"Team.Create", "23fc2474-f741-46ce-8465-674744c5c361"},
	{"Team.ReadBasic.All", "2280dda6-0bfd-44ee-a2f4-cb867cfc4c1e"},
	{"TeamMember.Read.All", "660b7406-55f1-41ca-a0ed-0b035e182f3e"},
	{"TeamMember.ReadWrite.All", "0121dc95-1b9f-4aed-8bac-58c5ac466691"},
	{"TeamSettings.Read.All", "242607bd-1d2c-432c-82eb-bdb27baa23ab"},
	{"TeamSettings.ReadWrite.All", "bdd80a03-d9bc-451d-b7c4-ce7c63fe3c8f"},
	{"TeamsTab.Read.All", "46890524-499a-4bb2-ad64-1476b4f3e1cf"},
	{"Teamwork.Migrate.All", "dfb0dd15-61de-45b2-be36-d6a69fba3c79"},
	{"TermStore.Read.All", "ea047cc2-df29-4f3e-83a3-205de61501ca"},
	{"User.Read.All", "df021288-bdef-4463-88db-98f22de89214"},
	{"User.ReadWrite.All", "741f803b-c850-494e-b5df-cde7c675a1ca"},
}

// allRoles are what a registration of the world's own has: all that its
// endpoints ask for, but none that manages applications.
var allRoles = rolesBut("Application.", "AppRoleAssignment.", "DelegatedAdminRelationship.", "Team", "Channel", "Chat", "Notes.",
	"TermStore.", "Lists.", "Sites.Selected", "Files.SelectedOperations.", "Mail.Send")

func rolesBut(prefixes ...string) []string {
	var names []string
next:
	for _, r := range appRoles {
		for _, p := range prefixes {
			if strings.HasPrefix(r.value, p) {
				continue next
			}
		}
		names = append(names, r.value)
	}
	return names
}

// roleByID finds a permission's name; "" if there is none.
func roleByID(id string) string {
	for _, r := range appRoles {
		if strings.EqualFold(r.id, id) {
			return r.value
		}
	}
	return ""
}

func roleID(name string) string {
	for _, r := range appRoles {
		if r.value == name {
			return r.id
		}
	}
	return ""
}
