package sim

// officeWords is what the agenda, the tasks and the notes of a company are about;
// blanks as in demoTrade.
type officeWords struct {
	meeting, agenda, room, elsewhere string // the weekly meeting, points separated by "; "
	monthly, doctor                  string
	visits                           [][2]string // subject and place
	deadlines, todo, chores, notes   []string
	suppliers                        []string // companies
	list                             string   // name of the distribution list
}

var demoOffices = map[string]officeWords{
	"dakwerken-vanleeuwen.example": {
		meeting: "Werkoverleg", agenda: "lopende projecten; planning steigers; veiligheid; rondvraag", room: "Kantine", elsewhere: "Loods Industrieweg 14",
		monthly: "Maandafsluiting en urenstaten", doctor: "Tandarts",
		visits: [][2]string{
			{"Inmeten dakgoot {klant}", "{straat}"}, {"Oplevering {straat}", "{straat}"}, {"Offerte bespreken {klant}", "{straat}"},
			{"Schouw lekkage {klant}", "{straat}"}, {"Bouwvergadering {straat}", "Keet {straat}"}, {"Leverancier zink", "Kantoor"},
			{"Keuring ladders", "Loods"}, {"Toolbox: werken op hoogte", "Kantine"},
		},
		deadlines: []string{"offerte {straat}", "btw-aangifte", "VCA-audit", "aanbesteding gemeente"},
		todo: []string{
			"{klant} terugbellen over offerte", "Zink bestellen voor {straat}", "Steiger {straat} afmelden", "Foto's {straat} naar verzekeraar",
			"Werkbonnen {dag} nakijken", "Factuur {nummer} controleren", "Nieuwe accu's voor de bus", "Garantie {klant} uitzoeken", "Vergunning {straat} aanvragen",
		},
		chores: []string{"Bus tanken en nakijken", "Urenstaten inleveren", "Voorraad lood tellen"},
		notes: []string{
			"Maten {straat}\ngoot 12,40 m\nzink 30/37\n2 vergaarbakken", "Code loods: zie sleutelkast\nalarm eerst uit", "Belgen\n{klant} – na {tijd}\nGroothandel – levertijd lood",
			"Boodschappen kantine\nkoffie\nmelk\nsuiker", "Ideeën voor de website\nfoto's voor en na\nrecensies",
		},
		suppliers: []string{"Zink & Lood Groothandel B.V.", "Steigerbouw Waterland", "Verzinkerij De Maas", "Autobedrijf Kuipers", "Verzekeringen Postma"}, list: "Vaste leveranciers",
	},
	"tandartsdelinde.example": {
		meeting: "Teamoverleg", agenda: "rooster; hygiëne en kwaliteit; nieuwe scanner; rondvraag", room: "Behandelkamer 1", elsewhere: "Online",
		monthly: "Kwartaalcijfers en voorraad", doctor: "Huisarts",
		visits: [][2]string{
			{"Controle {klant}", "Behandelkamer 1"}, {"Kroon plaatsen {klant}", "Behandelkamer 2"}, {"Intake {klant}", "Behandelkamer 1"},
			{"Mondhygiëne {klant}", "Behandelkamer 2"}, {"Monteur röntgenapparaat", "Behandelkamer 2"}, {"Vertegenwoordiger materialen", "Balie"},
			{"Overleg tandtechniek", "Online"}, {"Bijscholing reanimatie", "{straat}"},
		},
		deadlines: []string{"kwaliteitsaudit", "declaraties {nummer}", "begroting {nummer}", "inschrijving bijscholing"},
		todo: []string{
			"Begroting {klant} versturen", "Recall-lijst bellen", "Handschoenen bestellen", "Protocol sterilisatie bijwerken", "Rooster {dag} rondsturen",
			"{klant} bellen over afspraak", "Factuur {nummer} tandtechniek nakijken", "Wachtkamer: nieuwe tijdschriften", "Verwijsbrief {klant}",
		},
		chores: []string{"Autoclaaf testen", "Voorraad controleren", "Back-up van de scanner nakijken"},
		notes: []string{
			"Bereikbaarheid {dag}\nspoed via de dienst\nna {tijd} gesloten", "Te bestellen\nhandschoenen M\ncomposiet A2\nspeekselzuigers", "Vragen voor de audit\nwie tekent af?\nwaar liggen de lijsten?",
			"{klant} wil liever 's ochtends", "Nieuwe scanner\nhandleiding staat in Protocollen\nwachtwoord niet hier!",
		},
		suppliers: []string{"Tandtechniek Dekker", "Dental Depot B.V.", "Röntgenservice Nederland", "Schoonmaak Helder", "Accountants Vos & Bos"}, list: "Verwijzers",
	},
	"veldhoen-advocaten.example": {
		meeting: "Sectieoverleg", agenda: "lopende zaken; termijnen; kantoorzaken; rondvraag", room: "Vergaderzaal Oost", elsewhere: "Vergaderzaal West",
		monthly: "Facturatie en onderhanden werk", doctor: "Tandarts",
		visits: [][2]string{
			{"Bespreking {klant} (dossier {nummer})", "Vergaderzaal West"}, {"Zitting {nummer}", "Rechtbank, zaal 3"}, {"Comparitie {nummer}", "Rechtbank"},
			{"Mediation {klant}", "Vergaderzaal Oost"}, {"Kennismaking {klant}", "Vergaderzaal West"}, {"Getuigenverhoor {nummer}", "Rechtbank, zaal 1"},
			{"Telefonisch overleg wederpartij {nummer}", "Telefoon"}, {"Lunchlezing arbeidsrecht", "Bibliotheek"},
		},
		deadlines: []string{"conclusie van antwoord {nummer}", "pleitnota {nummer}", "hoger beroep {nummer}", "stukken {nummer}", "PE-punten"},
		todo: []string{
			"Conceptdagvaarding {nummer} afmaken", "{klant} informeren over uitspraak", "Volmacht {klant} opvragen", "Uren week bijwerken", "Productie 4 bij {nummer} scannen",
			"Griffie bellen over {nummer}", "Voorschotnota {nummer} controleren", "Jurisprudentie opzoeken {nummer}", "Schikkingsvoorstel {klant}",
		},
		chores: []string{"Uren schrijven", "Termijnagenda nalopen", "Dossiers archiveren"},
		notes: []string{
			"Griffie\nbereikbaar tot {tijd}\nrolnummer noemen", "Zaak {nummer}\n1. bevoegdheid\n2. verjaring\n3. schade", "Borrel {dag}\n22 personen\nbibliotheek reserveren",
			"{klant}\nliever per post\nniet bellen op vrijdag", "Boeken terug naar de bibliotheek\nArbeidsrecht deel 2",
		},
		suppliers: []string{"Deurwaarders Noord", "Tolkencentrum Randstad", "Koeriers Snel B.V.", "Notariskantoor Smit", "Uitgeverij De Gids"}, list: "Externe deskundigen",
	},
}
