package sim

import "strings"

// demoTrade is what a company writes about.
type demoTrade struct {
	jobs      []string
	folders   []string
	documents []string
	letters   [][2]string // subject and text, with blanks such as {straat}
}

// plainLetters turns accented letters into those of an address.
var plainLetters = strings.NewReplacer("ë", "e", "é", "e", "è", "e", "ï", "i", "ü", "u", "ö", "o", "'", "")

var demoGiven = strings.Fields("Anna Bram Carla Daan Eva Fleur Gijs Hanneke Iris Jeroen Kees Lotte Maarten Noor Olivier Petra " +
	"Quinten Renée Sanne Thijs Ursula Vera Wouter Yara Zoë Ahmed Fatima Mohammed Aylin Daniël Chloë Joost")

var demoSurnames = []string{
	"de Vries", "Jansen", "van den Berg", "Bakker", "Visser", "Smit", "Meijer", "de Boer", "Mulder", "de Groot", "Bos", "Vos",
	"Peters", "Hendriks", "van Leeuwen", "Dekker", "Brouwer", "de Wit", "Dijkstra", "Smits", "de Graaf", "van der Meer", "Yıldız",
	"El Amrani", "Kuipers", "Hermans", "van Vliet", "Scholten", "Willems", "Postma",
}

var demoStreets = []string{
	"Dorpsstraat", "Kerkstraat", "Molenweg", "Stationsstraat", "Julianalaan", "Prins Hendrikkade", "Lange Voorhout", "Oudegracht",
	"Beukenlaan", "Industrieweg", "Havenkade", "Zeedijk",
}

var demoTenants = []demoTenant{
	{domain: "dakwerken-vanleeuwen.example", name: "Van Leeuwen Dakwerken B.V.", licence: "O365_BUSINESS_PREMIUM", staff: 5, mails: 20, files: 14, shared: []string{"Info"}, trade: demoTrade{
		jobs:      []string{"Directeur", "Planner", "Calculator", "Uitvoerder", "Administratie"},
		folders:   []string{"Documenten/Offertes", "Documenten/Facturen", "Documenten/Projecten/{straat}", "Documenten/Personeel", "Foto's/{straat}"},
		documents: []string{"Offerte dakgoot {straat}", "Factuur {nummer}", "Werkbon {nummer}", "Inspectierapport {straat}", "Planning {dag}", "Materiaallijst zink"},
		letters: [][2]string{
			{"Offerte dakgoot {straat}", "Beste klant,\r\n\r\nHierbij onze offerte voor het vervangen van de dakgoot aan de {straat}. Het totaal komt op {bedrag} inclusief btw.\r\nWij kunnen {dag} om {tijd} beginnen.\r\n\r\nMet vriendelijke groet,\r\nVan Leeuwen Dakwerken"},
			{"Lekkage {klant}", "Goedemorgen,\r\n\r\nBij {klant} aan de {straat} lekt het bij de schoorsteen. Kan er {dag} iemand langs?\r\n\r\nGroet"},
			{"Factuur {nummer}", "Geachte heer, mevrouw,\r\n\r\nIn de bijlage vindt u factuur {nummer} van {bedrag}. Wij verzoeken u deze binnen 14 dagen te voldoen.\r\n"},
			{"Steiger {straat}", "De steiger aan de {straat} staat tot en met {dag}. Daarna kost hij {bedrag} per week.\r\n"},
			{"Bestelling zink en lood", "Graag leveren op {dag} voor {tijd}: 40 meter zink, 12 rollen lood. Bestelnummer {nummer}.\r\n"},
			{"Werkoverleg {dag}", "Allemaal,\r\n\r\n{dag} om {tijd} werkoverleg in de loods. Neem de werkbonnen mee.\r\n"},
		},
	}},
	{domain: "tandartsdelinde.example", name: "Tandartspraktijk De Linde", licence: "SPB", staff: 10, mails: 24, files: 14, shared: []string{"Balie", "Facturatie"}, rooms: []string{"Behandelkamer 1", "Behandelkamer 2"}, infected: true, trade: demoTrade{
		jobs:      []string{"Praktijkhouder", "Tandarts", "Mondhygiënist", "Preventieassistent", "Balie"},
		folders:   []string{"Documenten/Protocollen", "Documenten/Roosters", "Documenten/Facturen", "Documenten/Kwaliteit/Audit", "Documenten/Inkoop"},
		documents: []string{"Rooster {dag}", "Protocol sterilisatie", "Factuur {nummer}", "Verslag teamoverleg {nummer}", "Bestellijst handschoenen", "Begroting {nummer}"},
		letters: [][2]string{
			{"Afspraak verzetten {dag}", "Goedemiddag,\r\n\r\nHelaas kan ik {dag} om {tijd} niet. Is er later deze week nog een plek?\r\n\r\nGroet, {klant}"},
			{"Rooster komende week", "Collega's,\r\n\r\nHet rooster staat klaar. {dag} zijn we een half uur eerder open.\r\n"},
			{"Factuur {nummer} tandtechniek", "Bijgaand factuur {nummer} van {bedrag} voor de kronen van vorige week.\r\n"},
			{"Begroting behandeling {klant}", "Geachte {klant},\r\n\r\nDe begroting van uw behandeling bedraagt {bedrag}. Uw verzekeraar vergoedt een deel.\r\n"},
			{"Onderhoud röntgenapparaat", "De monteur komt {dag} om {tijd} voor het jaarlijkse onderhoud. Graag behandelkamer 2 vrijhouden.\r\n"},
			{"Teamoverleg", "Agenda: kwaliteitsaudit, vakantieplanning, nieuwe scanner. Start {tijd}.\r\n"},
		},
	}},
	{domain: "veldhoen-advocaten.example", name: "Veldhoen Advocaten N.V.", licence: "SPE_E3", staff: 22, mails: 30, files: 16, shared: []string{"Info", "Facturen", "Griffie"}, rooms: []string{"Vergaderzaal Oost", "Vergaderzaal West"}, trade: demoTrade{
		jobs:      []string{"Managing partner", "Partner", "Advocaat", "Juridisch medewerker", "Secretariaat"},
		folders:   []string{"Documenten/Dossiers/{nummer}", "Documenten/Dossiers/{nummer}/Correspondentie", "Documenten/Modellen", "Documenten/Facturen", "Documenten/Kantoor"},
		documents: []string{"Concept dagvaarding {nummer}", "Pleitnota {nummer}", "Volmacht {klant}", "Vaststellingsovereenkomst {klant}", "Urenoverzicht {nummer}", "Brief aan rechtbank {nummer}"},
		letters: [][2]string{
			{"Dossier {nummer}: conceptdagvaarding", "Geachte confrère,\r\n\r\nHierbij het concept in dossier {nummer}. Graag uw reactie vóór {dag} {tijd}.\r\n\r\nHoogachtend"},
			{"Zitting {dag} {tijd}", "De zitting in zaak {nummer} is bepaald op {dag} om {tijd}. De pleitnota moet twee dagen eerder binnen zijn.\r\n"},
			{"Voorschotnota {nummer}", "Geachte {klant},\r\n\r\nWij verzoeken u het voorschot van {bedrag} te voldoen onder vermelding van {nummer}.\r\n"},
			{"Vaststellingsovereenkomst {klant}", "Bijgaand de overeenkomst ter ondertekening. De vergoeding bedraagt {bedrag} bruto.\r\n"},
			{"Kantoorborrel", "Beste allen,\r\n\r\n{dag} om {tijd} borrel in de bibliotheek ter ere van onze nieuwe collega.\r\n"},
			{"Verzoek om stukken {nummer}", "Kunt u de correspondentie over het pand aan de {straat} nog toesturen? De termijn verloopt {dag}.\r\n"},
		},
	}},
}
