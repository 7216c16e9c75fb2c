<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_GB">
<context>
    <name>AppearancePage</name>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>as the desktop</source>
        <translation>wie der Desktop</translation>
    </message>
    <message>
        <source>light</source>
        <translation>hell</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>dunkel</translation>
    </message>
</context>
<context>
    <name>AttemptWords</name>
    <message>
        <source>chunk {}, attempt {}, connection c{}</source>
        <translation>Chunk {}, Versuch {}, Verbindung c{}</translation>
    </message>
    <message>
        <source>, sent beside a silent one</source>
        <translation>, neben einem stummen gesendet</translation>
    </message>
    <message>
        <source>Layer {}</source>
        <translation>Layer {}</translation>
    </message>
    <message>
        <source>bytes {} to {} ({})</source>
        <translation>Bytes {} bis {} ({})</translation>
    </message>
    <message>
        <source>ended early: {}</source>
        <translation>vorzeitig beendet: {}</translation>
    </message>
    <message>
        <source>in flight</source>
        <translation>unterwegs</translation>
    </message>
    <message>
        <source>queued</source>
        <translation>angestellt</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>receiving</source>
        <translation>empfängt</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>schreibt</translation>
    </message>
    <message>
        <source>waiting for its turn to be hashed</source>
        <translation>wartet darauf, gehasht zu werden</translation>
    </message>
    <message>
        <source>hashing</source>
        <translation>hasht</translation>
    </message>
    <message>
        <source>no reply after {}</source>
        <translation>keine Antwort nach {}</translation>
    </message>
    <message>
        <source>answered after {}</source>
        <translation>beantwortet nach {}</translation>
    </message>
    <message>
        <source>manifest</source>
        <translation>Manifest</translation>
    </message>
    <message>
        <source>referrers</source>
        <translation>Verweise</translation>
    </message>
    <message>
        <source>config blob</source>
        <translation>Config-Blob</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>redirect</source>
        <translation>Umleitung</translation>
    </message>
    <message>
        <source>question for a token</source>
        <translation>Frage nach einem Token</translation>
    </message>
</context>
<context>
    <name>Attention</name>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
</context>
<context>
    <name>ChunkMap</name>
    <message>
        <source>Chunk map</source>
        <translation>Chunk-Karte</translation>
    </message>
    <message>
        <source>Chunks of every layer</source>
        <translation>Chunks aller Layer</translation>
    </message>
    <message>
        <source>Chunks</source>
        <translation>Chunks</translation>
    </message>
    <message>
        <source>What the colours of the map tell</source>
        <translation>Was die Farben der Karte sagen</translation>
    </message>
    <message>
        <source>What the colours tell</source>
        <translation>Was die Farben sagen</translation>
    </message>
    <message>
        <source>Width of the layers in the map</source>
        <translation>Breite der Layer in der Karte</translation>
    </message>
    <message>
        <source>How wide each layer is drawn</source>
        <translation>Wie breit jeder Layer gezeichnet wird</translation>
    </message>
    <message>
        <source>by state</source>
        <translation>nach Zustand</translation>
    </message>
    <message>
        <source>by connection</source>
        <translation>nach Verbindung</translation>
    </message>
    <message>
        <source>by age</source>
        <translation>nach Alter</translation>
    </message>
    <message>
        <source>by time to first byte</source>
        <translation>nach Zeit bis zum ersten Byte</translation>
    </message>
    <message>
        <source>by retries</source>
        <translation>nach Wiederholungen</translation>
    </message>
    <message>
        <source>equal width</source>
        <translation>gleich breit</translation>
    </message>
    <message>
        <source>width by size</source>
        <translation>Breite nach Größe</translation>
    </message>
    <message>
        <source>Copy what is known of the selected chunk</source>
        <translation>Kopieren, was über den gewählten Chunk bekannt ist</translation>
    </message>
    <message>
        <source>Selected: {}</source>
        <translation>Ausgewählt: {}</translation>
    </message>
    <message>
        <source>No layers</source>
        <translation>Keine Layer</translation>
    </message>
    <message>
        <source>{} layers</source>
        <translation>{} Layer</translation>
    </message>
    <message>
        <source>{} done</source>
        <translation>{} fertig</translation>
    </message>
    <message>
        <source>{} % received</source>
        <translation>{} % empfangen</translation>
    </message>
    <message>
        <source>{} % hashed</source>
        <translation>{} % gehasht</translation>
    </message>
    <message>
        <source>{} chunks in flight</source>
        <translation>{} Chunks unterwegs</translation>
    </message>
    <message>
        <source>{} retries</source>
        <translation>{} Wiederholungen</translation>
    </message>
    <message>
        <source>{} wait behind a gap</source>
        <translation>{} warten hinter einer Lücke</translation>
    </message>
    <message>
        <source>{} failed</source>
        <translation>{} gescheitert</translation>
    </message>
</context>
<context>
    <name>ClosingQuestion</name>
    <message>
        <source>A pull is running</source>
        <translation>Ein Pull läuft</translation>
    </message>
    <message>
        <source>Pulls are running</source>
        <translation>Pulls laufen</translation>
    </message>
    <message>
        <source>Stop pulling {0}?</source>
        <translation>Soll der Pull von {0} beendet werden?</translation>
    </message>
    <message>
        <source>Stop {0} pulls?</source>
        <translation>Sollen {0} Pulls beendet werden?</translation>
    </message>
    <message>
        <source>What was received is kept: the pull stands in the list again, and goes on from there. Or delete what is unfinished of it.</source>
        <translation>Was empfangen wurde, bleibt: Der Pull steht wieder in der Liste und macht dort weiter. Oder löschen Sie, was davon unfertig ist.</translation>
    </message>
    <message>
        <source>Keep pulling</source>
        <translation>Weiterladen</translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation>Beenden und schließen</translation>
    </message>
    <message>
        <source>Delete and close</source>
        <translation>Löschen und schließen</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Recent</source>
        <translation>Zuletzt</translation>
    </message>
    <message>
        <source>pull again</source>
        <translation>noch einmal laden</translation>
    </message>
    <message>
        <source>open trace</source>
        <translation>Trace öffnen</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Type a command, a recent reference or a preset</source>
        <translation>Befehl, letzte Referenz oder Vorgabe eingeben</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Commands found</source>
        <translation>Gefundene Befehle</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Nichts gefunden</translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message>
        <source>Export the differences</source>
        <translation>Unterschiede exportieren</translation>
    </message>
    <message>
        <source>Compare two pulls</source>
        <translation>Zwei Pulls vergleichen</translation>
    </message>
    <message>
        <source>Swap A and B</source>
        <translation>A und B tauschen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Export the differences as CSV…</source>
        <translation>Unterschiede als CSV exportieren…</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the differences</source>
        <translation>Unterschiede kopieren</translation>
    </message>
    <message>
        <source>Looking for differences…</source>
        <translation>Sucht nach Unterschieden…</translation>
    </message>
    <message>
        <source>The differences were not saved: {0}</source>
        <translation>Die Unterschiede wurden nicht gespeichert: {0}</translation>
    </message>
</context>
<context>
    <name>ComparisonPlot</name>
    <message>
        <source>Throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>{0} peak {1}</source>
        <translation>{0} Spitze {1}</translation>
    </message>
    <message>
        <source>{0} first byte</source>
        <translation>{0} erstes Byte</translation>
    </message>
    <message>
        <source>{0} last byte</source>
        <translation>{0} letztes Byte</translation>
    </message>
    <message>
        <source>{0} committed</source>
        <translation>{0} abgelegt</translation>
    </message>
</context>
<context>
    <name>ComparisonTable</name>
    <message>
        <source>Settings that differ</source>
        <translation>Einstellungen, die sich unterscheiden</translation>
    </message>
    <message>
        <source>The whole pull</source>
        <translation>Der ganze Pull</translation>
    </message>
    <message>
        <source>Milestones, from the beginning</source>
        <translation>Meilensteine, vom Beginn an</translation>
    </message>
    <message>
        <source>Phases of all requests for chunks</source>
        <translation>Phasen aller Anfragen für Chunks</translation>
    </message>
    <message>
        <source>Critical path</source>
        <translation>Kritischer Pfad</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>Anfragen</translation>
    </message>
    <message>
        <source>What the two pulls differ in</source>
        <translation>Worin sich die beiden Pulls unterscheiden</translation>
    </message>
    <message>
        <source>MEASURE</source>
        <translation>MESSWERT</translation>
    </message>
    <message>
        <source>B AGAINST A</source>
        <translation>B GEGEN A</translation>
    </message>
    <message>
        <source>not told by both</source>
        <translation>nicht von beiden bekannt</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>rate</source>
        <translation>Rate</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>most</source>
        <translation>höchstens</translation>
    </message>
    <message>
        <source>resolved</source>
        <translation>aufgelöst</translation>
    </message>
    <message>
        <source>first byte</source>
        <translation>erstes Byte</translation>
    </message>
    <message>
        <source>last byte</source>
        <translation>letztes Byte</translation>
    </message>
    <message>
        <source>verified</source>
        <translation>geprüft</translation>
    </message>
    <message>
        <source>committed</source>
        <translation>abgelegt</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>zu Ende</translation>
    </message>
    <message>
        <source>queued</source>
        <translation>angestellt</translation>
    </message>
    <message>
        <source>resolving</source>
        <translation>auflösen</translation>
    </message>
    <message>
        <source>waiting for a retry</source>
        <translation>auf einen neuen Versuch warten</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>verbinden</translation>
    </message>
    <message>
        <source>waiting for the first byte</source>
        <translation>auf das erste Byte warten</translation>
    </message>
    <message>
        <source>receiving</source>
        <translation>empfangen</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>schreiben</translation>
    </message>
    <message>
        <source>hashing</source>
        <translation>hashen</translation>
    </message>
    <message>
        <source>committing</source>
        <translation>ablegen</translation>
    </message>
    <message>
        <source>in all</source>
        <translation>im Ganzen</translation>
    </message>
    <message>
        <source>share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>critical path</source>
        <translation>kritischer Pfad</translation>
    </message>
    <message>
        <source>image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>there before</source>
        <translation>schon da</translation>
    </message>
    <message>
        <source>kept of an earlier pull</source>
        <translation>von einem früheren Pull behalten</translation>
    </message>
    <message>
        <source>received</source>
        <translation>empfangen</translation>
    </message>
    <message>
        <source>wasted in all</source>
        <translation>verschwendet im Ganzen</translation>
    </message>
    <message>
        <source>wasted: not needed when it came</source>
        <translation>verschwendet: nicht mehr gebraucht, als es kam</translation>
    </message>
    <message>
        <source>wasted: of layers that were discarded</source>
        <translation>verschwendet: von verworfenen Layern</translation>
    </message>
    <message>
        <source>wasted: given up for want of ranges</source>
        <translation>verschwendet: aufgegeben, weil Bereiche fehlen</translation>
    </message>
    <message>
        <source>asked for again</source>
        <translation>noch einmal angefragt</translation>
    </message>
    <message>
        <source>asked for twice at once</source>
        <translation>zweimal zugleich angefragt</translation>
    </message>
    <message>
        <source>requests for chunks</source>
        <translation>Anfragen für Chunks</translation>
    </message>
    <message>
        <source>other requests</source>
        <translation>andere Anfragen</translation>
    </message>
    <message>
        <source>retries</source>
        <translation>Wiederholungen</translation>
    </message>
    <message>
        <source>second requests</source>
        <translation>zweite Anfragen</translation>
    </message>
    <message>
        <source>connections made</source>
        <translation>aufgebaute Verbindungen</translation>
    </message>
</context>
<context>
    <name>ConnectionsPlot</name>
    <message>
        <source>Chunks in flight</source>
        <translation>Chunks unterwegs</translation>
    </message>
    <message>
        <source>in flight</source>
        <translation>unterwegs</translation>
    </message>
    <message>
        <source>wait for a byte</source>
        <translation>warten auf ein Byte</translation>
    </message>
    <message>
        <source>receive</source>
        <translation>empfangen</translation>
    </message>
    <message>
        <source>write</source>
        <translation>schreiben</translation>
    </message>
    <message>
        <source>average {0:.1f}, most {1:.0f}</source>
        <translation>Mittel {0:.1f}, Spitze {1:.0f}</translation>
    </message>
</context>
<context>
    <name>Demo</name>
    <message>
        <source>Demo: a registry on this computer, 4 MiB/s per connection.</source>
        <translation>Demo: eine Registry auf diesem Computer, 4 MiB/s je Verbindung.</translation>
    </message>
</context>
<context>
    <name>DestinationList</name>
    <message>
        <source>Add a destination</source>
        <translation>Ziel hinzufügen</translation>
    </message>
</context>
<context>
    <name>DestinationRow</name>
    <message>
        <source>A destination needs a name and a folder</source>
        <translation>Ein Ziel braucht einen Namen und einen Ordner</translation>
    </message>
    <message>
        <source>Choose a folder to pull to</source>
        <translation>Zielordner wählen</translation>
    </message>
    <message>
        <source>Name of the destination</source>
        <translation>Name des Ziels</translation>
    </message>
    <message>
        <source>name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Folder of the destination</source>
        <translation>Ordner des Ziels</translation>
    </message>
    <message>
        <source>Choose the folder</source>
        <translation>Den Ordner wählen</translation>
    </message>
    <message>
        <source>Remove the destination</source>
        <translation>Das Ziel entfernen</translation>
    </message>
</context>
<context>
    <name>Drop</name>
    <message>
        <source>{0} is made for other tools. A .pullscope or .jsonl trace can be opened here.</source>
        <translation>{0} ist für andere Programme gemacht. Hier lässt sich ein Trace mit .pullscope oder .jsonl öffnen.</translation>
    </message>
    <message>
        <source>{0} is a file. Drop the reference of an image, as text.</source>
        <translation>{0} ist eine Datei. Gebraucht wird die Referenz eines Images als Text.</translation>
    </message>
    <message>
        <source>Not a reference: {0}.</source>
        <translation>Keine Referenz: {0}.</translation>
    </message>
</context>
<context>
    <name>ErrorBar</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the error</source>
        <translation>Fehler kopieren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close the error</source>
        <translation>Fehler schließen</translation>
    </message>
</context>
<context>
    <name>ErrorPanel</name>
    <message>
        <source>Asked</source>
        <translation>Gefragt</translation>
    </message>
    <message>
        <source>Came</source>
        <translation>Gekommen</translation>
    </message>
    <message>
        <source>To do</source>
        <translation>Zu tun</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Show the layer</source>
        <translation>Layer zeigen</translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation>Diagnose kopieren</translation>
    </message>
    <message>
        <source>Versions, settings, the error and the last events, without secrets</source>
        <translation>Versionen, Einstellungen, der Fehler und die letzten Ereignisse, ohne Geheimnisse</translation>
    </message>
    <message>
        <source>The pull failed</source>
        <translation>Der Pull ist gescheitert</translation>
    </message>
    <message>
        <source>Layer {0} failed: {1}, {2}</source>
        <translation>Layer {0} ist gescheitert: {1}, {2}</translation>
    </message>
    <message>
        <source>try again; if it fails again, copy the diagnostics</source>
        <translation>noch einmal versuchen; scheitert es wieder, die Diagnose kopieren</translation>
    </message>
</context>
<context>
    <name>EventModel</name>
    <message>
        <source>TIME</source>
        <translation>ZEIT</translation>
    </message>
    <message>
        <source>LAYER</source>
        <translation>LAYER</translation>
    </message>
    <message>
        <source>CHUNK</source>
        <translation>CHUNK</translation>
    </message>
    <message>
        <source>EVENT</source>
        <translation>EREIGNIS</translation>
    </message>
</context>
<context>
    <name>EventWords</name>
    <message>
        <source>the pull of {} began</source>
        <translation>der Pull von {} begann</translation>
    </message>
    <message>
        <source>{} from {}: no reply after {}: {}</source>
        <translation>{} von {}: keine Antwort nach {}: {}</translation>
    </message>
    <message>
        <source>{} from {}: HTTP {}, after {}</source>
        <translation>{} von {}: HTTP {}, nach {}</translation>
    </message>
    <message>
        <source>manifest known: {} layers, {}</source>
        <translation>Manifest bekannt: {} Layer, {}</translation>
    </message>
    <message>
        <source>settings changed: {}</source>
        <translation>Einstellungen geändert: {}</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>resumed</source>
        <translation>fortgesetzt</translation>
    </message>
    <message>
        <source>bytes {} to {} ({}) asked on c{}</source>
        <translation>Bytes {} bis {} ({}) angefordert auf c{}</translation>
    </message>
    <message>
        <source>, attempt {}</source>
        <translation>, Versuch {}</translation>
    </message>
    <message>
        <source>silent for {}: a second request is sent</source>
        <translation>stumm seit {}: eine zweite Anfrage wird gesendet</translation>
    </message>
    <message>
        <source>first byte from {}, HTTP {}, {}</source>
        <translation>erstes Byte von {}, HTTP {}, {}</translation>
    </message>
    <message>
        <source>{} written</source>
        <translation>{} geschrieben</translation>
    </message>
    <message>
        <source>ended early after {}: {}</source>
        <translation>vorzeitig beendet nach {}: {}</translation>
    </message>
    <message>
        <source>; again in {}</source>
        <translation>; noch einmal in {}</translation>
    </message>
    <message>
        <source>the layer is already here</source>
        <translation>der Layer ist schon hier</translation>
    </message>
    <message>
        <source>another pull is fetching the layer; it is waited for</source>
        <translation>ein anderer Pull lädt den Layer; auf ihn wird gewartet</translation>
    </message>
    <message>
        <source>{} kept from an earlier pull</source>
        <translation>{} von einem früheren Pull behalten</translation>
    </message>
    <message>
        <source>every byte of the layer is here</source>
        <translation>jedes Byte des Layers ist hier</translation>
    </message>
    <message>
        <source>discarded: {}</source>
        <translation>verworfen: {}</translation>
    </message>
    <message>
        <source>the digest is right</source>
        <translation>der Digest stimmt</translation>
    </message>
    <message>
        <source>the layer is in the store</source>
        <translation>der Layer ist abgelegt</translation>
    </message>
    <message>
        <source>the whole layer is asked for: {}</source>
        <translation>der ganze Layer wird angefordert: {}</translation>
    </message>
    <message>
        <source>the pull is done</source>
        <translation>der Pull ist fertig</translation>
    </message>
    <message>
        <source>the pull was cancelled</source>
        <translation>der Pull wurde abgebrochen</translation>
    </message>
    <message>
        <source>the pull failed: {}</source>
        <translation>der Pull ist gescheitert: {}</translation>
    </message>
</context>
<context>
    <name>EventsDock</name>
    <message>
        <source>{} events</source>
        <translation>{} Ereignisse</translation>
    </message>
    <message>
        <source>{} of {} events</source>
        <translation>{} von {} Ereignissen</translation>
    </message>
    <message>
        <source>the last {} events</source>
        <translation>die letzten {} Ereignisse</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>Ereignisse</translation>
    </message>
    <message>
        <source>Hide the events</source>
        <translation>Die Ereignisse verbergen</translation>
    </message>
    <message>
        <source>Events of the pull</source>
        <translation>Ereignisse des Pulls</translation>
    </message>
    <message>
        <source>all events</source>
        <translation>alle Ereignisse</translation>
    </message>
    <message>
        <source>problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>the pull</source>
        <translation>der Pull</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Layer</translation>
    </message>
    <message>
        <source>chunks</source>
        <translation>Chunks</translation>
    </message>
    <message>
        <source>other requests</source>
        <translation>andere Anfragen</translation>
    </message>
    <message>
        <source>settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Which events are shown</source>
        <translation>Welche Ereignisse gezeigt werden</translation>
    </message>
    <message>
        <source>Filter the events</source>
        <translation>Ereignisse filtern</translation>
    </message>
    <message>
        <source>Filter: words, host, status</source>
        <translation>Filter: Wörter, Host, Status</translation>
    </message>
    <message>
        <source>Selected only</source>
        <translation>Nur Auswahl</translation>
    </message>
    <message>
        <source>Only events of the selected chunk or layer</source>
        <translation>Nur Ereignisse des gewählten Chunks oder Layers</translation>
    </message>
    <message>
        <source>Show only events of the selected chunk or layer</source>
        <translation>Nur Ereignisse des gewählten Chunks oder Layers zeigen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the events that are shown</source>
        <translation>Gezeigte Ereignisse kopieren</translation>
    </message>
    <message>
        <source>Copy selected events</source>
        <translation>Gewählte Ereignisse kopieren</translation>
    </message>
</context>
<context>
    <name>GeneralPage</name>
    <message>
        <source>Pulls at once</source>
        <translation>Pulls zugleich</translation>
    </message>
    <message>
        <source>The others wait in the list</source>
        <translation>Die anderen warten in der Liste</translation>
    </message>
    <message>
        <source>Closing during a pull</source>
        <translation>Schließen während eines Pulls</translation>
    </message>
    <message>
        <source>ask what to do</source>
        <translation>fragen, was geschehen soll</translation>
    </message>
    <message>
        <source>stop it and keep what was received</source>
        <translation>anhalten und Empfangenes behalten</translation>
    </message>
    <message>
        <source>Tell when a pull has ended and the window is not looked at</source>
        <translation>Melden, wenn ein Pull endet und das Fenster nicht im Blick ist</translation>
    </message>
</context>
<context>
    <name>HeatMapPanel</name>
    <message>
        <source>Measure</source>
        <translation>Messgröße</translation>
    </message>
    <message>
        <source>Setting across</source>
        <translation>Einstellung waagrecht</translation>
    </message>
    <message>
        <source>Setting down</source>
        <translation>Einstellung senkrecht</translation>
    </message>
    <message>
        <source>over</source>
        <translation>über</translation>
    </message>
    <message>
        <source>and</source>
        <translation>und</translation>
    </message>
    <message>
        <source>Median, 95% interval and count of the fastest setting that has both; times in s. The outline marks the least, dashes what is recommended, {0} the frontier of time, memory and requests.</source>
        <translation>Median, 95%-Intervall und Anzahl der schnellsten Einstellung, die beides hat; Zeiten in s. Der Rahmen zeigt das Kleinste, Striche das Empfohlene, {0} die Grenze von Zeit, Speicher und Anfragen.</translation>
    </message>
</context>
<context>
    <name>HeatMapTable</name>
    <message>
        <source>Heat map</source>
        <translation>Heatmap</translation>
    </message>
</context>
<context>
    <name>HistoryModel</name>
    <message>
        <source>STARTED</source>
        <translation>BEGONNEN</translation>
    </message>
    <message>
        <source>REFERENCE</source>
        <translation>REFERENZ</translation>
    </message>
    <message>
        <source>STATE</source>
        <translation>ZUSTAND</translation>
    </message>
    <message>
        <source>TOOK</source>
        <translation>DAUER</translation>
    </message>
    <message>
        <source>RECEIVED</source>
        <translation>EMPFANGEN</translation>
    </message>
    <message>
        <source>RATE</source>
        <translation>RATE</translation>
    </message>
    <message>
        <source>RETRIES</source>
        <translation>NEUVERS.</translation>
    </message>
    <message>
        <source>LIMITED BY</source>
        <translation>BEGRENZT DURCH</translation>
    </message>
    <message>
        <source>TAGS</source>
        <translation>MARKEN</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
</context>
<context>
    <name>HistoryView</name>
    <message>
        <source>No pull has all of these words.</source>
        <translation>Kein Pull hat alle diese Wörter.</translation>
    </message>
    <message>
        <source>Nothing was pulled yet.

Every pull stands here when it has ended, from this window and from the terminal: how long it took, what limited it, and its trace.</source>
        <translation>Noch wurde nichts geladen.

Jeder Pull steht hier, wenn er zu Ende ist, aus diesem Fenster und aus dem Terminal: wie lange er dauerte, was ihn begrenzte, und sein Trace.</translation>
    </message>
    <message>
        <source>1 pull</source>
        <translation>1 Pull</translation>
    </message>
    <message>
        <source>{0} pulls</source>
        <translation>{0} Pulls</translation>
    </message>
    <message>
        <source>all tags</source>
        <translation>alle Marken</translation>
    </message>
    <message>
        <source>{0} pulls are selected</source>
        <translation>{0} Pulls sind gewählt</translation>
    </message>
    <message>
        <source>Select a pull: what is known of it stands here.</source>
        <translation>Wählen Sie einen Pull: Was von ihm bekannt ist, steht hier.</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Limited by</source>
        <translation>Begrenzt durch</translation>
    </message>
    <message>
        <source>{0} at {1}; {2} received at {3}, {4} reused, {5} wasted</source>
        <translation>{0} am {1}; {2} empfangen mit {3}, {4} wiederverwendet, {5} vergeudet</translation>
    </message>
    <message>
        <source>none is kept</source>
        <translation>keiner behalten</translation>
    </message>
    <message>
        <source>Copied: {0}</source>
        <translation>Kopiert: {0}</translation>
    </message>
    <message>
        <source>Remove from the history</source>
        <translation>Aus dem Verlauf entfernen</translation>
    </message>
    <message>
        <source>Remove {0} from the history?</source>
        <translation>{0} aus dem Verlauf entfernen?</translation>
    </message>
    <message>
        <source>Remove {0} pulls from the history?</source>
        <translation>{0} Pulls aus dem Verlauf entfernen?</translation>
    </message>
    <message>
        <source>Images stay. Traces that you saved stay; the window&apos;s own go with their pulls.</source>
        <translation>Images bleiben. Traces, die Sie gespeichert haben, bleiben; die des Fensters gehen mit ihren Pulls.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Search: words of the reference, the digest, the state, an error, a tag</source>
        <translation>Suche: Wörter aus Referenz, Digest, Zustand, Fehler, Marke</translation>
    </message>
    <message>
        <source>Search the history</source>
        <translation>Den Verlauf durchsuchen</translation>
    </message>
    <message>
        <source>Only pulls with this tag</source>
        <translation>Nur Pulls mit dieser Marke</translation>
    </message>
    <message>
        <source>Forget old pulls…</source>
        <translation>Alte Pulls vergessen…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Pulls that have ended</source>
        <translation>Pulls, die zu Ende sind</translation>
    </message>
    <message>
        <source>Pull again</source>
        <translation>Erneut laden</translation>
    </message>
    <message>
        <source>Pull again with these settings</source>
        <translation>Erneut laden mit diesen Einstellungen</translation>
    </message>
    <message>
        <source>Open trace</source>
        <translation>Trace öffnen</translation>
    </message>
    <message>
        <source>Show the trace in its folder</source>
        <translation>Den Trace in seinem Ordner zeigen</translation>
    </message>
    <message>
        <source>Show the image in its folder</source>
        <translation>Das Image in seinem Ordner zeigen</translation>
    </message>
    <message>
        <source>Copy reference</source>
        <translation>Referenz kopieren</translation>
    </message>
    <message>
        <source>Copy digest</source>
        <translation>Digest kopieren</translation>
    </message>
    <message>
        <source>Remove from the history…</source>
        <translation>Aus dem Verlauf entfernen…</translation>
    </message>
    <message>
        <source>Digest</source>
        <translation>Digest</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Written to</source>
        <translation>Geschrieben nach</translation>
    </message>
    <message>
        <source>Trace</source>
        <translation>Trace</translation>
    </message>
</context>
<context>
    <name>ImageView</name>
    <message>
        <source>Inspect shows an image before it is pulled: its layers and what made them, its configuration, and the platforms to choose from.</source>
        <translation>Ansehen zeigt ein Image vor dem Pull: seine Layer und was sie erzeugt hat, seine Konfiguration und die Plattformen zur Auswahl.</translation>
    </message>
    <message>
        <source>Layers of the image</source>
        <translation>Layer des Images</translation>
    </message>
    <message>
        <source>What the image says of itself</source>
        <translation>Was das Image über sich sagt</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>NAME</source>
        <translation>NAME</translation>
    </message>
    <message>
        <source>VALUE</source>
        <translation>WERT</translation>
    </message>
    <message>
        <source>LAYER</source>
        <translation>LAYER</translation>
    </message>
    <message>
        <source>SIZE</source>
        <translation>GRÖSSE</translation>
    </message>
    <message>
        <source>MADE BY</source>
        <translation>ERZEUGT VON</translation>
    </message>
    <message>
        <source>ALSO IN</source>
        <translation>AUCH IN</translation>
    </message>
    <message>
        <source>MEDIA TYPE</source>
        <translation>MEDIENTYP</translation>
    </message>
    <message>
        <source>Sizes of the layers</source>
        <translation>Größen der Layer</translation>
    </message>
    <message>
        <source>1 layer</source>
        <translation>1 Layer</translation>
    </message>
    <message>
        <source>{0} layers</source>
        <translation>{0} Layer</translation>
    </message>
    <message>
        <source>{0} platforms</source>
        <translation>{0} Plattformen</translation>
    </message>
    <message>
        <source>{0} bytes</source>
        <translation>{0} Bytes</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>Referenz</translation>
    </message>
    <message>
        <source>manifest</source>
        <translation>Manifest</translation>
    </message>
    <message>
        <source>media type</source>
        <translation>Medientyp</translation>
    </message>
    <message>
        <source>platform</source>
        <translation>Plattform</translation>
    </message>
    <message>
        <source>created</source>
        <translation>erstellt</translation>
    </message>
    <message>
        <source>author</source>
        <translation>Autor</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Runs as</source>
        <translation>Läuft als</translation>
    </message>
    <message>
        <source>entrypoint</source>
        <translation>Entrypoint</translation>
    </message>
    <message>
        <source>command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>user</source>
        <translation>Benutzer</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>ports</source>
        <translation>Ports</translation>
    </message>
    <message>
        <source>volumes</source>
        <translation>Volumes</translation>
    </message>
    <message>
        <source>stop signal</source>
        <translation>Stoppsignal</translation>
    </message>
    <message>
        <source>Platforms</source>
        <translation>Plattformen</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>Umgebung</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Labels</translation>
    </message>
    <message>
        <source>Annotations</source>
        <translation>Annotationen</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
</context>
<context>
    <name>LanguagePage</name>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>as the desktop</source>
        <translation>wie der Desktop</translation>
    </message>
</context>
<context>
    <name>LayerModel</name>
    <message>
        <source>LAYER</source>
        <translation>LAYER</translation>
    </message>
    <message>
        <source>SIZE</source>
        <translation>GRÖSSE</translation>
    </message>
    <message>
        <source>STATE</source>
        <translation>ZUSTAND</translation>
    </message>
    <message>
        <source>CHUNKS</source>
        <translation>CHUNKS</translation>
    </message>
    <message>
        <source>SPEED</source>
        <translation>TEMPO</translation>
    </message>
    <message>
        <source>RETRIES</source>
        <translation>NEUVERS.</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>gestoppt</translation>
    </message>
    <message>
        <source>retrying</source>
        <translation>wiederholt</translation>
    </message>
    <message>
        <source>receiving</source>
        <translation>empfängt</translation>
    </message>
    <message>
        <source>hashing</source>
        <translation>hasht</translation>
    </message>
    <message>
        <source>committing</source>
        <translation>legt ab</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>already here</source>
        <translation>vorhanden</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>received {0}, written {1}, hashed {2} of {3}</source>
        <translation>empfangen {0}, geschrieben {1}, gehasht {2} von {3}</translation>
    </message>
    <message>
        <source>{0} requests, {1} of them retries</source>
        <translation>{0} Anfragen, davon {1} Wiederholungen</translation>
    </message>
</context>
<context>
    <name>LayerPanel</name>
    <message>
        <source>Filter the layers</source>
        <translation>Layer filtern</translation>
    </message>
    <message>
        <source>Filter: digest, state, media type or #number</source>
        <translation>Filter: Digest, Zustand, Medientyp oder #Nummer</translation>
    </message>
</context>
<context>
    <name>LayerTable</name>
    <message>
        <source>Layers</source>
        <translation>Layer</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Drag the sliders on the right and watch what happens.</source>
        <translation>Ziehen Sie rechts an den Reglern und sehen Sie, was geschieht.</translation>
    </message>
    <message>
        <source>The trace was not saved: {0}</source>
        <translation>Der Trace wurde nicht gespeichert: {0}</translation>
    </message>
    <message>
        <source>Trace saved: {0}</source>
        <translation>Trace gespeichert: {0}</translation>
    </message>
    <message>
        <source>Chunk map</source>
        <translation>Chunk-Karte</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Zeitachse</translation>
    </message>
    <message>
        <source>Pull</source>
        <translation>Laden</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Starting the demo registry; the first time takes longer…</source>
        <translation>Die Demo-Registry startet; beim ersten Mal dauert es länger…</translation>
    </message>
    <message>
        <source>Unexpected error: {0}: {1}</source>
        <translation>Unerwarteter Fehler: {0}: {1}</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>The image was not inspected: {0}</source>
        <translation>Das Image konnte nicht angesehen werden: {0}</translation>
    </message>
    <message>
        <source>Copied: {0}</source>
        <translation>Kopiert: {0}</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Settings for registries are not used: {0}</source>
        <translation>Die Einstellungen für Registrys werden nicht benutzt: {0}</translation>
    </message>
    <message>
        <source>Kept: pulls from {0} begin with these settings.</source>
        <translation>Gemerkt: Pulls von {0} beginnen mit diesen Einstellungen.</translation>
    </message>
    <message>
        <source>Forgotten: pulls from {0} have no settings of their own.</source>
        <translation>Vergessen: Pulls von {0} haben keine eigenen Einstellungen.</translation>
    </message>
    <message>
        <source>The settings were not kept: {0}</source>
        <translation>Die Einstellungen wurden nicht gemerkt: {0}</translation>
    </message>
    <message>
        <source>The settings are not used: {0}</source>
        <translation>Die Einstellungen werden nicht benutzt: {0}</translation>
    </message>
    <message>
        <source>The list of pulls is not kept</source>
        <translation>Die Liste der Pulls wird nicht behalten</translation>
    </message>
    <message>
        <source>Another window keeps its list; this one&apos;s is gone when it is closed</source>
        <translation>Ein anderes Fenster behält seine Liste; die dieses Fensters ist fort, wenn es geschlossen wird</translation>
    </message>
    <message>
        <source>Diagnostics copied</source>
        <translation>Diagnose kopiert</translation>
    </message>
    <message>
        <source>The next pull begins with these settings</source>
        <translation>Der nächste Pull beginnt mit diesen Einstellungen</translation>
    </message>
    <message>
        <source>The registry was not probed: {0}</source>
        <translation>Die Registry wurde nicht geprüft: {0}</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Ask for chunks again</source>
        <translation>Wieder Chunks anfordern</translation>
    </message>
    <message>
        <source>Cut the chunks in flight and keep what they received</source>
        <translation>Chunks unterwegs abschneiden und behalten, was sie empfangen haben</translation>
    </message>
    <message>
        <source>{0}, {1} in flight</source>
        <translation>{0}, {1} unterwegs</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>Layer</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Layer</translation>
    </message>
    <message>
        <source>chunk</source>
        <translation>Chunk</translation>
    </message>
    <message>
        <source>chunks</source>
        <translation>Chunks</translation>
    </message>
    <message>
        <source>retry</source>
        <translation>Wiederholung</translation>
    </message>
    <message>
        <source>retries</source>
        <translation>Wiederholungen</translation>
    </message>
    <message>
        <source>{0} wasted</source>
        <translation>{0} vergeudet</translation>
    </message>
    <message>
        <source>{0} reused</source>
        <translation>{0} wiederverwendet</translation>
    </message>
    <message>
        <source>memory {0}</source>
        <translation>Speicher {0}</translation>
    </message>
    <message>
        <source>frame {0:.0f} ms</source>
        <translation>Bild {0:.0f} ms</translation>
    </message>
    <message>
        <source>loop lag {0:.0f} ms</source>
        <translation>Verzug {0:.0f} ms</translation>
    </message>
    <message>
        <source>Export trace</source>
        <translation>Trace speichern</translation>
    </message>
    <message>
        <source>Export trace without names</source>
        <translation>Trace ohne Namen speichern</translation>
    </message>
</context>
<context>
    <name>MapLegend</name>
    <message>
        <source>then again from the first</source>
        <translation>dann wieder von vorn</translation>
    </message>
    <message>
        <source>no retry</source>
        <translation>keine Wiederholung</translation>
    </message>
    <message>
        <source>1 retry</source>
        <translation>1 Wiederholung</translation>
    </message>
    <message>
        <source>2 retries</source>
        <translation>2 Wiederholungen</translation>
    </message>
    <message>
        <source>3 or more</source>
        <translation>3 oder mehr</translation>
    </message>
    <message>
        <source>pending</source>
        <translation>offen</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>receiving</source>
        <translation>empfängt</translation>
    </message>
    <message>
        <source>written</source>
        <translation>geschrieben</translation>
    </message>
    <message>
        <source>hashed</source>
        <translation>gehasht</translation>
    </message>
    <message>
        <source>retried</source>
        <translation>wiederholt</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>no gap up to here</source>
        <translation>lückenlos bis hier</translation>
    </message>
    <message>
        <source>{} ago</source>
        <translation>vor {}</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>eben jetzt</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>unbekannt</translation>
    </message>
</context>
<context>
    <name>MemoryPlot</name>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>resident</source>
        <translation>belegt</translation>
    </message>
    <message>
        <source>to be written</source>
        <translation>zu schreiben</translation>
    </message>
    <message>
        <source>transport at most</source>
        <translation>Transport höchstens</translation>
    </message>
    <message>
        <source>the rest</source>
        <translation>der Rest</translation>
    </message>
    <message>
        <source>now {0}, peak {1}</source>
        <translation>jetzt {0}, Spitze {1}</translation>
    </message>
</context>
<context>
    <name>OwnCostPlot</name>
    <message>
        <source>Loop lag</source>
        <translation>Schleifenverzug</translation>
    </message>
    <message>
        <source>loop lag</source>
        <translation>Schleifenverzug</translation>
    </message>
    <message>
        <source>longest frame</source>
        <translation>längstes Bild</translation>
    </message>
    <message>
        <source>p99 {0:.0f} ms, most {1:.0f} ms</source>
        <translation>p99 {0:.0f} ms, Spitze {1:.0f} ms</translation>
    </message>
</context>
<context>
    <name>PlotPanel</name>
    <message>
        <source>Show the plot: {0}</source>
        <translation>Diagramm zeigen: {0}</translation>
    </message>
    <message>
        <source>Period shown</source>
        <translation>Gezeigter Zeitraum</translation>
    </message>
    <message>
        <source>chosen time</source>
        <translation>gewählte Zeit</translation>
    </message>
    <message>
        <source>last 12 s</source>
        <translation>letzte 12 s</translation>
    </message>
    <message>
        <source>last minute</source>
        <translation>letzte Minute</translation>
    </message>
    <message>
        <source>last 5 minutes</source>
        <translation>letzte 5 Minuten</translation>
    </message>
    <message>
        <source>last hour</source>
        <translation>letzte Stunde</translation>
    </message>
    <message>
        <source>whole pull</source>
        <translation>ganzer Pull</translation>
    </message>
    <message>
        <source>Axis and export</source>
        <translation>Achse und Export</translation>
    </message>
</context>
<context>
    <name>PresetRow</name>
    <message>
        <source>Preset</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>{0} profile</source>
        <translation>Profil {0}</translation>
    </message>
    <message>
        <source>The settings that you kept for this registry</source>
        <translation>Die Einstellungen, die Sie für diese Registry gemerkt haben</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>geändert</translation>
    </message>
    <message>
        <source>The settings were changed</source>
        <translation>Die Einstellungen wurden geändert</translation>
    </message>
</context>
<context>
    <name>ProfileEditor</name>
    <message>
        <source>Settings of a registry</source>
        <translation>Einstellungen für eine Registry</translation>
    </message>
    <message>
        <source>Registry</source>
        <translation>Registry</translation>
    </message>
    <message>
        <source>A host, with its port where it has one; *.example.com for all below it; * for all registries. What is not ticked stays as it is when a pull begins.</source>
        <translation>Ein Host, mit Port, wo er einen hat; *.example.com für alle darunter; * für alle Registrys. Was nicht angekreuzt ist, bleibt, wie es ist, wenn ein Pull beginnt.</translation>
    </message>
    <message>
        <source>{0}: of its own</source>
        <translation>{0}: eigener Wert</translation>
    </message>
    <message>
        <source>This is neither a host nor *.DOMAIN nor *.</source>
        <translation>Dies ist weder ein Host noch *.DOMAIN noch *.</translation>
    </message>
    <message>
        <source>Tick what this registry has settings of its own for.</source>
        <translation>Kreuzen Sie an, wofür diese Registry eigene Einstellungen hat.</translation>
    </message>
</context>
<context>
    <name>ProgramList</name>
    <message>
        <source>being looked for</source>
        <translation>wird gesucht</translation>
    </message>
    <message>
        <source>cannot be used here; install {0}</source>
        <translation>hier nicht zu benutzen; installieren Sie {0}</translation>
    </message>
</context>
<context>
    <name>PruneDialog</name>
    <message>
        <source>Forget old pulls</source>
        <translation>Alte Pulls vergessen</translation>
    </message>
    <message>
        <source> days</source>
        <translation> Tage</translation>
    </message>
    <message>
        <source>Keep pulls of the last days</source>
        <translation>Pulls der letzten Tage behalten</translation>
    </message>
    <message>
        <source>Keep at most so many pulls</source>
        <translation>Höchstens so viele Pulls behalten</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Keep at most so much of traces</source>
        <translation>Traces höchstens bis zu dieser Größe</translation>
    </message>
    <message>
        <source>Keep pulls of the last</source>
        <translation>Pulls behalten der letzten</translation>
    </message>
    <message>
        <source>Images stay. Traces that you saved stay; the window&apos;s own go with their pulls.</source>
        <translation>Images bleiben. Traces, die Sie gespeichert haben, bleiben; die des Fensters gehen mit ihren Pulls.</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Deletes 1 pull, of {0}.</source>
        <translation>Löscht 1 Pull, vom {0}.</translation>
    </message>
    <message>
        <source>Deletes {0} pulls, of {1} to {2}.</source>
        <translation>Löscht {0} Pulls, vom {1} bis {2}.</translation>
    </message>
    <message>
        <source>Deletes 1 trace, {1}.</source>
        <translation>Löscht 1 Trace, {1}.</translation>
    </message>
    <message>
        <source>Deletes {0} traces, {1}.</source>
        <translation>Löscht {0} Traces, {1}.</translation>
    </message>
    <message>
        <source>Nothing is to be deleted.</source>
        <translation>Es ist nichts zu löschen.</translation>
    </message>
</context>
<context>
    <name>PullListKeeper</name>
    <message>
        <source>The pulls of the last session are not known: {0}</source>
        <translation>Die Pulls der letzten Sitzung sind nicht bekannt: {0}</translation>
    </message>
    <message>
        <source>The list of pulls is not kept: {0}</source>
        <translation>Die Liste der Pulls wird nicht behalten: {0}</translation>
    </message>
</context>
<context>
    <name>PullsDock</name>
    <message>
        <source>waits for its turn</source>
        <translation>wartet, bis er an der Reihe ist</translation>
    </message>
    <message>
        <source>waits until it is resumed</source>
        <translation>wartet, bis er fortgesetzt wird</translation>
    </message>
    <message>
        <source>paused at {0}</source>
        <translation>pausiert bei {0}</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>interrupted at {0}</source>
        <translation>unterbrochen bei {0}</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>unterbrochen</translation>
    </message>
    <message>
        <source>cancelled at {0}</source>
        <translation>abgebrochen bei {0}</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>failed · {0}</source>
        <translation>fehlgeschlagen · {0}</translation>
    </message>
    <message>
        <source>done · {0}</source>
        <translation>fertig · {0}</translation>
    </message>
    <message>
        <source>trace · {0}</source>
        <translation>Trace · {0}</translation>
    </message>
    <message>
        <source>Pulls</source>
        <translation>Pulls</translation>
    </message>
    <message>
        <source>All pulls</source>
        <translation>Alle Pulls</translation>
    </message>
    <message>
        <source>Ctrl+Up and Ctrl+Down move a pull, Space pauses it, Delete removes it, Shift+Down selects one more to compare</source>
        <translation>Strg+Auf und Strg+Ab verschieben einen Pull, die Leertaste pausiert ihn, Entf entfernt ihn, Umschalt+Ab wählt einen weiteren zum Vergleichen</translation>
    </message>
    <message>
        <source>Pulls stand here, also those of earlier days.</source>
        <translation>Hier stehen die Pulls, auch die früherer Tage.</translation>
    </message>
    <message>
        <source>At once</source>
        <translation>Zugleich</translation>
    </message>
    <message>
        <source>History…</source>
        <translation>Verlauf…</translation>
    </message>
    <message>
        <source>Pulls at once</source>
        <translation>Pulls zugleich</translation>
    </message>
    <message>
        <source>How many pulls run at once; the others wait in the order of the list</source>
        <translation>Wie viele Pulls zugleich laufen; die anderen warten in der Reihenfolge der Liste</translation>
    </message>
    <message>
        <source>resolving</source>
        <translation>löst auf</translation>
    </message>
    <message>
        <source>verifying and committing</source>
        <translation>prüft und übernimmt</translation>
    </message>
    <message>
        <source>receiving</source>
        <translation>empfängt</translation>
    </message>
    <message>
        <source>{0} · {1} left</source>
        <translation>{0} · noch {1}</translation>
    </message>
    <message>
        <source>cancelled · {0}</source>
        <translation>abgebrochen · {0}</translation>
    </message>
    <message>
        <source>unfinished · {0}</source>
        <translation>unfertig · {0}</translation>
    </message>
</context>
<context>
    <name>RangePanel</name>
    <message>
        <source>{} to {} ({})</source>
        <translation>{} bis {} ({})</translation>
    </message>
    <message>
        <source>The selected range of time</source>
        <translation>Der gewählte Zeitraum</translation>
    </message>
    <message>
        <source>Rates and phases in the selected range</source>
        <translation>Raten und Phasen im gewählten Zeitraum</translation>
    </message>
    <message>
        <source>A phase is counted where it ended within the range</source>
        <translation>Eine Phase zählt, wenn sie im Zeitraum endete</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoomen</translation>
    </message>
    <message>
        <source>Zoom to the range</source>
        <translation>Auf den Zeitraum zoomen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy these numbers</source>
        <translation>Diese Zahlen kopieren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Select no range</source>
        <translation>Keinen Zeitraum wählen</translation>
    </message>
    <message>
        <source>count</source>
        <translation>Anzahl</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>min</source>
        <translation>min</translation>
    </message>
    <message>
        <source>median</source>
        <translation>Median</translation>
    </message>
    <message>
        <source>95 %</source>
        <translation>95 %</translation>
    </message>
    <message>
        <source>max</source>
        <translation>max</translation>
    </message>
    <message>
        <source>{} received</source>
        <translation>{} empfangen</translation>
    </message>
    <message>
        <source>{} attempts: {} done, {} retried, {} cut</source>
        <translation>{} Versuche: {} fertig, {} wiederholt, {} abgeschnitten</translation>
    </message>
    <message>
        <source>{} written</source>
        <translation>{} geschrieben</translation>
    </message>
    <message>
        <source>{} hashed</source>
        <translation>{} gehasht</translation>
    </message>
    <message>
        <source>queued</source>
        <translation>angestellt</translation>
    </message>
    <message>
        <source>first byte after</source>
        <translation>erstes Byte nach</translation>
    </message>
    <message>
        <source>receiving</source>
        <translation>empfängt</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>schreibt</translation>
    </message>
    <message>
        <source>hashing</source>
        <translation>hasht</translation>
    </message>
    <message>
        <source>throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>per chunk</source>
        <translation>je Chunk</translation>
    </message>
    <message>
        <source>chunk size</source>
        <translation>Chunk-Größe</translation>
    </message>
</context>
<context>
    <name>ReferenceBar</name>
    <message>
        <source>Reference</source>
        <translation>Referenz</translation>
    </message>
    <message>
        <source>Image reference</source>
        <translation>Image-Referenz</translation>
    </message>
    <message>
        <source>The image to pull, such as ghcr.io/team/app:1.0</source>
        <translation>Das Image, das geladen wird, etwa ghcr.io/team/app:1.0</translation>
    </message>
    <message>
        <source>registry/repository:tag</source>
        <translation>Registry/Repository:Tag</translation>
    </message>
    <message>
        <source>Platform</source>
        <translation>Plattform</translation>
    </message>
    <message>
        <source>Which image of an index is pulled</source>
        <translation>Welches Image eines Index geladen wird</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>diese Maschine</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>all platforms</source>
        <translation>alle Plattformen</translation>
    </message>
    <message>
        <source>my store</source>
        <translation>Ablage</translation>
    </message>
    <message>
        <source>To {0}</source>
        <translation>Nach: {0}</translation>
    </message>
    <message>
        <source>Output: {0}</source>
        <translation>Ausgabe: {0}</translation>
    </message>
    <message>
        <source>Images are written to your Pullscope store</source>
        <translation>Images werden in Ihre Pullscope-Ablage geschrieben</translation>
    </message>
    <message>
        <source>Images are written to {0}</source>
        <translation>Images werden nach {0} geschrieben</translation>
    </message>
    <message>
        <source>The image is written as {0} to {1}</source>
        <translation>Das Image wird als {0} nach {1} geschrieben</translation>
    </message>
    <message>
        <source>Write an archive</source>
        <translation>Archiv schreiben</translation>
    </message>
    <message>
        <source>{0} (*.tar)</source>
        <translation>{0} (*.tar)</translation>
    </message>
    <message>
        <source>Choose output folder</source>
        <translation>Ausgabeordner wählen</translation>
    </message>
</context>
<context>
    <name>RegistriesPage</name>
    <message>
        <source>Settings of registries</source>
        <translation>Einstellungen für Registries</translation>
    </message>
    <message>
        <source>REGISTRY</source>
        <translation>REGISTRY</translation>
    </message>
    <message>
        <source>SETTINGS</source>
        <translation>EINSTELLUNGEN</translation>
    </message>
    <message>
        <source>Mirrors</source>
        <translation>Spiegel</translation>
    </message>
    <message>
        <source>ASKED IN THIS ORDER</source>
        <translation>GEFRAGT IN DIESER FOLGE</translation>
    </message>
    <message>
        <source>FILE</source>
        <translation>DATEI</translation>
    </message>
    <message>
        <source>Logins</source>
        <translation>Anmeldungen</translation>
    </message>
    <message>
        <source>KEPT BY</source>
        <translation>BEWAHRT VON</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>Hinzufügen…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>Ändern…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>all others</source>
        <translation>alle anderen</translation>
    </message>
    <message>
        <source>the helper {0}</source>
        <translation>dem Helfer {0}</translation>
    </message>
    <message>
        <source>the file</source>
        <translation>der Datei</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
</context>
<context>
    <name>RegistryPanel</name>
    <message>
        <source>Registry</source>
        <translation>Registry</translation>
    </message>
    <message>
        <source>Probe</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Find out how the registry answers, with about ten small requests</source>
        <translation>Mit etwa zehn kleinen Anfragen herausfinden, wie die Registry antwortet</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>Vergessen</translation>
    </message>
    <message>
        <source>Probing…</source>
        <translation>Prüft…</translation>
    </message>
    <message>
        <source>Use for {0} from now on</source>
        <translation>Künftig für {0} nutzen</translation>
    </message>
    <message>
        <source>Used for {0}</source>
        <translation>Genutzt für {0}</translation>
    </message>
    <message>
        <source>Use for {0}</source>
        <translation>Für {0} nutzen</translation>
    </message>
    <message>
        <source>Keep for this registry</source>
        <translation>Für diese Registry behalten</translation>
    </message>
    <message>
        <source>Pulls from {0} begin with these settings</source>
        <translation>Pulls von {0} beginnen mit diesen Einstellungen</translation>
    </message>
    <message>
        <source>Forget the settings that were kept for {0}</source>
        <translation>Die für {0} gemerkten Einstellungen vergessen</translation>
    </message>
</context>
<context>
    <name>RuntimeDialog</name>
    <message>
        <source>This file cannot be used: {0}</source>
        <translation>Diese Datei geht nicht: {0}</translation>
    </message>
    <message>
        <source>Your file, as {0}; empty for a text of its own</source>
        <translation>Ihre Datei, etwa {0}; leer für einen eigenen Text</translation>
    </message>
    <message>
        <source>Use in a runtime</source>
        <translation>In einer Laufzeit benutzen</translation>
    </message>
    <message>
        <source>The runtime</source>
        <translation>Die Laufzeit</translation>
    </message>
    <message>
        <source>The runtime&apos;s file</source>
        <translation>Die Datei der Laufzeit</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <source>What changes in the file</source>
        <translation>Was sich in der Datei ändert</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy what is shown, a patch where there is a file</source>
        <translation>Kopieren, was zu sehen ist; bei einer Datei ein Patch</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>Replace the file, and keep a copy of it beside it</source>
        <translation>Die Datei ersetzen und eine Kopie daneben behalten</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Warning: {0}</source>
        <translation>Warnung: {0}</translation>
    </message>
    <message>
        <source>{0} (was {1})</source>
        <translation>{0} (war {1})</translation>
    </message>
    <message>
        <source>Memory per node: {0}, {1}.</source>
        <translation>Speicher je Knoten: {0}, {1}.</translation>
    </message>
    <message>
        <source>The file is as it was.</source>
        <translation>Die Datei ist, wie sie war.</translation>
    </message>
    <message>
        <source>Nothing is written without a file.</source>
        <translation>Ohne Datei wird nichts geschrieben.</translation>
    </message>
    <message>
        <source>The file says so already.</source>
        <translation>In der Datei steht das schon.</translation>
    </message>
    <message>
        <source>Nothing is written yet.</source>
        <translation>Noch ist nichts geschrieben.</translation>
    </message>
    <message>
        <source>Written.</source>
        <translation>Geschrieben.</translation>
    </message>
    <message>
        <source>As it was: {0}</source>
        <translation>Wie sie war: {0}</translation>
    </message>
    <message>
        <source>Then: {0}</source>
        <translation>Danach: {0}</translation>
    </message>
</context>
<context>
    <name>Setting</name>
    <message>
        <source>Parallelism per layer</source>
        <translation>Parallelität je Layer</translation>
    </message>
    <message>
        <source>Chunks of one layer in flight at once</source>
        <translation>Chunks eines Layers, die zugleich unterwegs sind</translation>
    </message>
    <message>
        <source>Chunk size</source>
        <translation>Chunk-Größe</translation>
    </message>
    <message>
        <source>Bytes of the next chunk to be asked</source>
        <translation>Bytes des nächsten Chunks, der angefordert wird</translation>
    </message>
    <message>
        <source>Layers at once</source>
        <translation>Layer zugleich</translation>
    </message>
    <message>
        <source>Layers that receive bytes at once</source>
        <translation>Layer, die zugleich Bytes empfangen</translation>
    </message>
    <message>
        <source>Connections in all</source>
        <translation>Verbindungen gesamt</translation>
    </message>
    <message>
        <source>Requests for chunks at once, of all layers</source>
        <translation>Anfragen für Chunks zugleich, von allen Layern</translation>
    </message>
    <message>
        <source>Rate limit</source>
        <translation>Ratengrenze</translation>
    </message>
    <message>
        <source>Bytes per second of all connections together, in MB/s</source>
        <translation>Bytes pro Sekunde aller Verbindungen zusammen, in MB/s</translation>
    </message>
    <message>
        <source>Requests per second</source>
        <translation>Anfragen pro Sekunde</translation>
    </message>
    <message>
        <source>Requests for chunks, of all layers</source>
        <translation>Anfragen für Chunks, von allen Layern</translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation>Speichergrenze</translation>
    </message>
    <message>
        <source>Bytes on their way to the disk</source>
        <translation>Bytes auf dem Weg zur Platte</translation>
    </message>
    <message>
        <source>Layer order</source>
        <translation>Layer-Folge</translation>
    </message>
    <message>
        <source>Which layers come first</source>
        <translation>Welche Layer zuerst kommen</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>As a stream: one chunk behind the other, the others wait in memory</source>
        <translation>Als Strom: ein Chunk nach dem anderen, die übrigen warten im Speicher</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>The newest that is offered; HTTP/2 puts all chunks on one connection</source>
        <translation>Das neueste, das angeboten wird; HTTP/2 legt alle Chunks auf eine Verbindung</translation>
    </message>
    <message>
        <source>whole layer</source>
        <translation>ganzer Layer</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Pages of the settings</source>
        <translation>Seiten der Einstellungen</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Registries</source>
        <translation>Registries</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Kept in {0}</source>
        <translation>Gespeichert in {0}</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>show what is selected</source>
        <translation>die Auswahl zeigen</translation>
    </message>
    <message>
        <source>Backspace</source>
        <translation>Rücktaste</translation>
    </message>
    <message>
        <source>zoom back</source>
        <translation>Zoom zurück</translation>
    </message>
    <message>
        <source>move</source>
        <translation>verschieben</translation>
    </message>
    <message>
        <source>Sliders</source>
        <translation>Regler</translation>
    </message>
    <message>
        <source>Left / Right</source>
        <translation>Links / Rechts</translation>
    </message>
    <message>
        <source>Chunk map</source>
        <translation>Chunk-Karte</translation>
    </message>
    <message>
        <source>previous, next chunk</source>
        <translation>voriger, nächster Chunk</translation>
    </message>
    <message>
        <source>Up / Down</source>
        <translation>Auf / Ab</translation>
    </message>
    <message>
        <source>Pulls</source>
        <translation>Pulls</translation>
    </message>
    <message>
        <source>show the pull above, below</source>
        <translation>den Pull darüber, darunter zeigen</translation>
    </message>
    <message>
        <source>pause, or go on</source>
        <translation>pausieren oder fortsetzen</translation>
    </message>
    <message>
        <source>Return</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>start again</source>
        <translation>erneut beginnen</translation>
    </message>
    <message>
        <source>Ctrl+Up / Ctrl+Down</source>
        <translation>Strg+Auf / Strg+Ab</translation>
    </message>
    <message>
        <source>begin earlier, later</source>
        <translation>früher, später beginnen</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Entf</translation>
    </message>
    <message>
        <source>remove from the list</source>
        <translation>aus der Liste entfernen</translation>
    </message>
    <message>
        <source>layer above, below</source>
        <translation>Layer darüber, darunter</translation>
    </message>
    <message>
        <source>Home / End</source>
        <translation>Pos1 / Ende</translation>
    </message>
    <message>
        <source>first, last chunk</source>
        <translation>erster, letzter Chunk</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>select nothing</source>
        <translation>nichts auswählen</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Zeitachse</translation>
    </message>
    <message>
        <source>closer, farther</source>
        <translation>näher, weiter weg</translation>
    </message>
    <message>
        <source>earlier, later</source>
        <translation>früher, später</translation>
    </message>
    <message>
        <source>A / D, Left / Right</source>
        <translation>A / D, Links / Rechts</translation>
    </message>
    <message>
        <source>scroll the rows</source>
        <translation>durch die Zeilen rollen</translation>
    </message>
    <message>
        <source>0, Home</source>
        <translation>0, Pos1</translation>
    </message>
    <message>
        <source>show all of the pull</source>
        <translation>den ganzen Pull zeigen</translation>
    </message>
    <message>
        <source>follow the present, or freeze</source>
        <translation>der Gegenwart folgen oder anhalten</translation>
    </message>
    <message>
        <source>next, previous attempt of the row</source>
        <translation>nächster, voriger Versuch der Zeile</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>Ziehen</translation>
    </message>
    <message>
        <source>select a range of time</source>
        <translation>einen Zeitraum wählen</translation>
    </message>
    <message>
        <source>the time of the selected attempt as range</source>
        <translation>die Zeit des gewählten Versuchs als Zeitraum</translation>
    </message>
    <message>
        <source>Shift+drag</source>
        <translation>Umschalt+ziehen</translation>
    </message>
    <message>
        <source>Drag on the axis</source>
        <translation>Auf der Achse ziehen</translation>
    </message>
    <message>
        <source>zoom to it</source>
        <translation>dorthin zoomen</translation>
    </message>
    <message>
        <source>Sweeps</source>
        <translation>Messreihen</translation>
    </message>
    <message>
        <source>trials of the setting, with their traces</source>
        <translation>Versuche der Einstellung, mit ihren Traces</translation>
    </message>
    <message>
        <source>delete the sweep</source>
        <translation>die Messreihe löschen</translation>
    </message>
    <message>
        <source>one step</source>
        <translation>ein Schritt</translation>
    </message>
    <message>
        <source>PgUp / PgDown</source>
        <translation>Bild auf / ab</translation>
    </message>
    <message>
        <source>double, halve</source>
        <translation>verdoppeln, halbieren</translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message>
        <source>My store</source>
        <translation>Eigene Ablage</translation>
    </message>
    <message>
        <source>Usual place</source>
        <translation>Üblicher Ort</translation>
    </message>
    <message>
        <source>Images go to</source>
        <translation>Images gehen nach</translation>
    </message>
    <message>
        <source>Use my store</source>
        <translation>Eigene Ablage benutzen</translation>
    </message>
    <message>
        <source>Keep a trace of each pull, for the history</source>
        <translation>Von jedem Pull einen Trace behalten, für den Verlauf</translation>
    </message>
    <message>
        <source>Images in the store</source>
        <translation>Images im Speicher</translation>
    </message>
    <message>
        <source>IMAGE</source>
        <translation>IMAGE</translation>
    </message>
    <message>
        <source>PLATFORM</source>
        <translation>PLATTFORM</translation>
    </message>
    <message>
        <source>SIZE</source>
        <translation>GRÖSSE</translation>
    </message>
    <message>
        <source>DIGEST</source>
        <translation>DIGEST</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Cleaning up then frees their space</source>
        <translation>Aufräumen gibt dann ihren Platz frei</translation>
    </message>
    <message>
        <source>Clean up</source>
        <translation>Aufräumen</translation>
    </message>
    <message>
        <source>Remove what no image and no running pull needs</source>
        <translation>Entfernen, was kein Image und kein laufender Pull braucht</translation>
    </message>
    <message>
        <source>Pulls use the new place from now on.</source>
        <translation>Pulls benutzen von jetzt an den neuen Ort.</translation>
    </message>
    <message>
        <source>Nothing is moved: 1 image stays in {1}.</source>
        <translation>Nichts wird verschoben: 1 Image bleibt in {1}.</translation>
    </message>
    <message>
        <source>Nothing is moved: {0} images stay in {1}.</source>
        <translation>Nichts wird verschoben: {0} Images bleiben in {1}.</translation>
    </message>
    <message>
        <source>Unfinished pulls begin anew there.</source>
        <translation>Unfertige Pulls beginnen dort neu.</translation>
    </message>
    <message>
        <source>my store</source>
        <translation>eigene Ablage</translation>
    </message>
    <message>
        <source>(no name)</source>
        <translation>(ohne Namen)</translation>
    </message>
    <message>
        <source>1 image, {1}</source>
        <translation>1 Image, {1}</translation>
    </message>
    <message>
        <source>{0} images, {1}</source>
        <translation>{0} Images, {1}</translation>
    </message>
    <message>
        <source>cleaning up frees {0} (blobs: {1}, unfinished: {2})</source>
        <translation>Aufräumen gibt {0} frei (Blobs: {1}, unfertig: {2})</translation>
    </message>
    <message>
        <source>nothing to clean up</source>
        <translation>nichts aufzuräumen</translation>
    </message>
</context>
<context>
    <name>SweepActions</name>
    <message>
        <source>The settings were not kept: {0}</source>
        <translation>Die Einstellungen wurden nicht gemerkt: {0}</translation>
    </message>
</context>
<context>
    <name>SweepPage</name>
    <message>
        <source>Export the sweep</source>
        <translation>Die Messreihe exportieren</translation>
    </message>
    <message>
        <source>CSV, a row per trial ({0})</source>
        <translation>CSV, eine Zeile je Versuch ({0})</translation>
    </message>
    <message>
        <source>Parquet, a row per trial ({0})</source>
        <translation>Parquet, eine Zeile je Versuch ({0})</translation>
    </message>
    <message>
        <source>Picture of the heat map ({0})</source>
        <translation>Bild der Heatmap ({0})</translation>
    </message>
    <message>
        <source>The sweep was not exported: {0}</source>
        <translation>Die Messreihe wurde nicht exportiert: {0}</translation>
    </message>
    <message>
        <source>1 layer, {1}</source>
        <translation>1 Layer, {1}</translation>
    </message>
    <message>
        <source>{0} layers, {1}</source>
        <translation>{0} Layer, {1}</translation>
    </message>
    <message>
        <source>{0} · stopped: {1}</source>
        <translation>{0} · angehalten: {1}</translation>
    </message>
    <message>
        <source>Only one setting was tried</source>
        <translation>Nur eine Einstellung wurde versucht</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>Noch nichts</translation>
    </message>
    <message>
        <source>As soon as trials have ended, the best setting is here.</source>
        <translation>Sobald Versuche zu Ende sind, steht die beste Einstellung hier.</translation>
    </message>
    <message>
        <source>Keep for {0}</source>
        <translation>Für {0} merken</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Merken</translation>
    </message>
    <message>
        <source>With {0}:</source>
        <translation>Mit {0}:</translation>
    </message>
    <message>
        <source>How much of the sweep is done</source>
        <translation>Wie viel der Messreihe getan ist</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Stop at once; the trial under way is run again when the sweep goes on</source>
        <translation>Sofort anhalten; der laufende Versuch wird wiederholt, wenn die Messreihe weitergeht</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>End the sweep; what was measured is kept</source>
        <translation>Die Messreihe beenden; was gemessen wurde, bleibt</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Run the trials that are left</source>
        <translation>Die übrigen Versuche ausführen</translation>
    </message>
    <message>
        <source>Retry failed</source>
        <translation>Fehlgeschlagene neu</translation>
    </message>
    <message>
        <source>Also run the trials again that failed</source>
        <translation>Auch die fehlgeschlagenen Versuche wiederholen</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>Empfohlen</translation>
    </message>
    <message>
        <source>Program and destination</source>
        <translation>Programm und Ziel</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>Heatmap</translation>
    </message>
    <message>
        <source>Trials…</source>
        <translation>Versuche…</translation>
    </message>
    <message>
        <source>How each trial went, with its trace (Enter)</source>
        <translation>Wie jeder Versuch lief, mit seinem Trace (Enter)</translation>
    </message>
    <message>
        <source>Use these settings</source>
        <translation>Einstellungen benutzen</translation>
    </message>
    <message>
        <source>The next pull begins with them</source>
        <translation>Der nächste Pull beginnt mit ihnen</translation>
    </message>
    <message>
        <source>Pulls from this registry begin with them from now on</source>
        <translation>Pulls von dieser Registry beginnen ab jetzt mit ihnen</translation>
    </message>
    <message>
        <source>For a runtime…</source>
        <translation>Für eine Runtime…</translation>
    </message>
    <message>
        <source>As configuration of containerd, SOCI, Docker or Podman</source>
        <translation>Als Konfiguration von containerd, SOCI, Docker oder Podman</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
</context>
<context>
    <name>SweepPlanPage</name>
    <message>
        <source>Not ready to begin</source>
        <translation>Noch nicht bereit</translation>
    </message>
    <message>
        <source>{0} of the settings would do the same as others: left out.</source>
        <translation>{0} der Einstellungen täten dasselbe wie andere: weggelassen.</translation>
    </message>
    <message>
        <source>Choose a program to pull with</source>
        <translation>Wählen Sie ein Programm, das pullt</translation>
    </message>
    <message>
        <source>Looking for the image and the programs…</source>
        <translation>Image und Programme werden gesucht…</translation>
    </message>
    <message>
        <source>Name the image to pull</source>
        <translation>Nennen Sie das Image</translation>
    </message>
    <message>
        <source>1 layer, {1}</source>
        <translation>1 Layer, {1}</translation>
    </message>
    <message>
        <source>{0} layers, {1}</source>
        <translation>{0} Layer, {1}</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>Parallelism</source>
        <translation>Parallelität</translation>
    </message>
    <message>
        <source>Chunk size</source>
        <translation>Chunk-Größe</translation>
    </message>
    <message>
        <source>Layers at once</source>
        <translation>Layer gleichzeitig</translation>
    </message>
    <message>
        <source>Trials of each</source>
        <translation>Versuche je Einstellung</translation>
    </message>
    <message>
        <source>Destinations</source>
        <translation>Ziele</translation>
    </message>
    <message>
        <source>Programs</source>
        <translation>Programme</translation>
    </message>
    <message>
        <source>Bytes in all</source>
        <translation>Bytes insgesamt</translation>
    </message>
    <message>
        <source>Traces</source>
        <translation>Traces</translation>
    </message>
    <message>
        <source>Image to pull</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Usual</source>
        <translation>Üblich</translation>
    </message>
    <message>
        <source>Quick look</source>
        <translation>Kurzer Blick</translation>
    </message>
    <message>
        <source>Thorough</source>
        <translation>Gründlich</translation>
    </message>
    <message>
        <source>Whole layers or chunks</source>
        <translation>Ganze Layer oder Chunks</translation>
    </message>
    <message>
        <source>Preset of the values</source>
        <translation>Vorlage der Werte</translation>
    </message>
    <message>
        <source>chunks of one layer at once, 1 to 128</source>
        <translation>Chunks eines Layers gleichzeitig, 1 bis 128</translation>
    </message>
    <message>
        <source>as 4MiB, 32MiB; 0 asks for a whole layer</source>
        <translation>wie 4MiB, 32MiB; 0 verlangt einen ganzen Layer</translation>
    </message>
    <message>
        <source>1 to 32</source>
        <translation>1 bis 32</translation>
    </message>
    <message>
        <source>Trials of each setting</source>
        <translation>Versuche je Einstellung</translation>
    </message>
    <message>
        <source>With five or more, an interval tells how sure a time is</source>
        <translation>Ab fünf sagt ein Intervall, wie sicher eine Zeit ist</translation>
    </message>
    <message>
        <source>Bytes received in all, at most</source>
        <translation>Empfangene Bytes insgesamt, höchstens</translation>
    </message>
    <message>
        <source>The sweep pauses rather than receive more; registries count and charge</source>
        <translation>Die Messreihe pausiert, ehe sie mehr empfängt; Registrys zählen und berechnen</translation>
    </message>
    <message>
        <source>keep the trace of each of Pullscope&apos;s trials</source>
        <translation>den Trace jedes Versuchs von Pullscope behalten</translation>
    </message>
    <message>
        <source>Begin</source>
        <translation>Beginnen</translation>
    </message>
    <message>
        <source>Each trial is a cold pull in a process of its own</source>
        <translation>Jeder Versuch ist ein kalter Pull in einem eigenen Prozess</translation>
    </message>
</context>
<context>
    <name>SweepTable</name>
    <message>
        <source>Settings that were tried</source>
        <translation>Versuchte Einstellungen</translation>
    </message>
</context>
<context>
    <name>SweepView</name>
    <message>
        <source>Looking at the destinations…</source>
        <translation>Die Ziele werden angesehen…</translation>
    </message>
    <message>
        <source>A sweep is running; it must end first</source>
        <translation>Eine Messreihe läuft; sie muss erst enden</translation>
    </message>
    <message>
        <source>Really delete?</source>
        <translation>Wirklich löschen?</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Sweeps</source>
        <translation>Messreihen</translation>
    </message>
    <message>
        <source>New sweep</source>
        <translation>Neue Messreihe</translation>
    </message>
    <message>
        <source>Sweeps that are kept</source>
        <translation>Gespeicherte Messreihen</translation>
    </message>
    <message>
        <source>Delete the sweep with its traces</source>
        <translation>Die Messreihe mit ihren Traces löschen</translation>
    </message>
    <message>
        <source>The sweep goes on when this window is closed; with Pullscope it pauses.</source>
        <translation>Die Messreihe geht weiter, wenn dieses Fenster geschlossen wird; mit Pullscope pausiert sie.</translation>
    </message>
</context>
<context>
    <name>TagEditor</name>
    <message>
        <source>Add tags: one, another</source>
        <translation>Marken: eine, noch eine</translation>
    </message>
    <message>
        <source>Tags to add</source>
        <translation>Marken, die hinzukommen</translation>
    </message>
    <message>
        <source>Return adds them to the selected pulls</source>
        <translation>Eingabe gibt sie den gewählten Pulls</translation>
    </message>
    <message>
        <source>Take off the tag {0}</source>
        <translation>Die Marke {0} entfernen</translation>
    </message>
</context>
<context>
    <name>ThroughputPlot</name>
    <message>
        <source>Throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>received</source>
        <translation>empfangen</translation>
    </message>
    <message>
        <source>written</source>
        <translation>geschrieben</translation>
    </message>
    <message>
        <source>hashed</source>
        <translation>gehasht</translation>
    </message>
    <message>
        <source>wire</source>
        <translation>Leitung</translation>
    </message>
    <message>
        <source>average {0}, peak {1}</source>
        <translation>Mittel {0}, Spitze {1}</translation>
    </message>
</context>
<context>
    <name>TimePlot</name>
    <message>
        <source>Export the plot</source>
        <translation>Diagramm exportieren</translation>
    </message>
    <message>
        <source>The plot was not saved: {0}</source>
        <translation>Das Diagramm wurde nicht gespeichert: {0}</translation>
    </message>
    <message>
        <source>Logarithmic axis</source>
        <translation>Logarithmische Achse</translation>
    </message>
    <message>
        <source>Show the whole pull</source>
        <translation>Den ganzen Pull zeigen</translation>
    </message>
    <message>
        <source>Export the picture as PNG…</source>
        <translation>Bild als PNG exportieren…</translation>
    </message>
    <message>
        <source>Export the picture as SVG…</source>
        <translation>Bild als SVG exportieren…</translation>
    </message>
    <message>
        <source>Export the values as CSV…</source>
        <translation>Werte als CSV exportieren…</translation>
    </message>
    <message>
        <source>Nothing measured yet</source>
        <translation>Noch nichts gemessen</translation>
    </message>
    <message>
        <source>{0} over time</source>
        <translation>{0} über die Zeit</translation>
    </message>
    <message>
        <source>Show the curve: {0}</source>
        <translation>Kurve zeigen: {0}</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Connections over time</source>
        <translation>Verbindungen über die Zeit</translation>
    </message>
    <message>
        <source>Chunk attempts over time</source>
        <translation>Versuche je Chunk über die Zeit</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>Rows of the timeline</source>
        <translation>Zeilen der Zeitachse</translation>
    </message>
    <message>
        <source>Copy what is known of the selected attempt</source>
        <translation>Kopieren, was über den gewählten Versuch bekannt ist</translation>
    </message>
    <message>
        <source>Copy the numbers of the selected range</source>
        <translation>Zahlen des gewählten Zeitraums kopieren</translation>
    </message>
    <message>
        <source>Zoom to the selection</source>
        <translation>Auf die Auswahl zoomen</translation>
    </message>
    <message>
        <source>Zoom back</source>
        <translation>Zoom zurück</translation>
    </message>
    <message>
        <source>Show the whole pull</source>
        <translation>Den ganzen Pull zeigen</translation>
    </message>
    <message>
        <source>by connection</source>
        <translation>nach Verbindung</translation>
    </message>
    <message>
        <source>by layer</source>
        <translation>nach Layer</translation>
    </message>
    <message>
        <source>Time shown</source>
        <translation>Gezeigte Zeit</translation>
    </message>
    <message>
        <source>last {:.0f} s</source>
        <translation>letzte {:.0f} s</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alles</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Show what was shown before the last zoom (Backspace)</source>
        <translation>Zeigen, was vor dem letzten Zoom zu sehen war (Rücktaste)</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>Follow the present</source>
        <translation>Der Gegenwart folgen</translation>
    </message>
    <message>
        <source>Keep the present in view, or freeze (Space)</source>
        <translation>Die Gegenwart im Blick behalten oder anhalten (Leertaste)</translation>
    </message>
    <message>
        <source>Selected: {}</source>
        <translation>Ausgewählt: {}</translation>
    </message>
    <message>
        <source>W and S zoom, A and D move, 0 shows all, Backspace goes back, Space follows the present or freezes, period and comma select the next attempt and the one before, F shows the selection</source>
        <translation>W und S zoomen, A und D verschieben, 0 zeigt alles, die Rücktaste geht zurück, die Leertaste folgt der Gegenwart oder hält an, Punkt und Komma wählen den nächsten und den vorigen Versuch, F zeigt die Auswahl</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>receiving</source>
        <translation>empfängt</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>schreibt</translation>
    </message>
    <message>
        <source>hashing</source>
        <translation>hasht</translation>
    </message>
    <message>
        <source>retried</source>
        <translation>wiederholt</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Layer</translation>
    </message>
</context>
<context>
    <name>TimelineBars</name>
    <message>
        <source>No chunk asked for yet</source>
        <translation>Noch kein Chunk angefordert</translation>
    </message>
    <message>
        <source>other</source>
        <translation>andere</translation>
    </message>
    <message>
        <source>No attempts between {} and {}</source>
        <translation>Keine Versuche zwischen {} und {}</translation>
    </message>
    <message>
        <source>{} attempts between {} and {}</source>
        <translation>{} Versuche zwischen {} und {}</translation>
    </message>
    <message>
        <source>{} connections</source>
        <translation>{} Verbindungen</translation>
    </message>
    <message>
        <source>{} in flight</source>
        <translation>{} unterwegs</translation>
    </message>
    <message>
        <source>{} retried</source>
        <translation>{} wiederholt</translation>
    </message>
    <message>
        <source>median wait for the first byte {}</source>
        <translation>Median der Wartezeit auf das erste Byte {}</translation>
    </message>
</context>
<context>
    <name>TotalBar</name>
    <message>
        <source>Overall progress</source>
        <translation>Gesamtfortschritt</translation>
    </message>
    <message>
        <source>received {0}, written {1}, hashed {2} of {3}</source>
        <translation>empfangen {0}, geschrieben {1}, gehasht {2} von {3}</translation>
    </message>
</context>
<context>
    <name>TraceActions</name>
    <message>
        <source>Open trace</source>
        <translation>Trace öffnen</translation>
    </message>
    <message>
        <source>Pullscope traces ({0})</source>
        <translation>Traces von Pullscope ({0})</translation>
    </message>
    <message>
        <source>Open recent trace</source>
        <translation>Letzten Trace öffnen</translation>
    </message>
</context>
<context>
    <name>TraceOpening</name>
    <message>
        <source>The trace was not opened: {0}</source>
        <translation>Der Trace wurde nicht geöffnet: {0}</translation>
    </message>
    <message>
        <source>Opening {0} · {1} %</source>
        <translation>Öffnet {0} · {1} %</translation>
    </message>
    <message>
        <source>{0} more</source>
        <translation>{0} weitere</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Do not open the trace</source>
        <translation>Den Trace nicht öffnen</translation>
    </message>
    <message>
        <source>How much of the trace is read</source>
        <translation>Wie viel des Traces gelesen ist</translation>
    </message>
</context>
<context>
    <name>TrialsDialog</name>
    <message>
        <source>Trials</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>Trials of this setting</source>
        <translation>Versuche mit dieser Einstellung</translation>
    </message>
    <message>
        <source>BEGAN</source>
        <translation>BEGANN</translation>
    </message>
    <message>
        <source>TOTAL S</source>
        <translation>GESAMT S</translation>
    </message>
    <message>
        <source>NETWORK S</source>
        <translation>NETZ S</translation>
    </message>
    <message>
        <source>MEMORY</source>
        <translation>SPEICHER</translation>
    </message>
    <message>
        <source>TRACE OR ERROR</source>
        <translation>TRACE ODER FEHLER</translation>
    </message>
    <message>
        <source>Open trace</source>
        <translation>Trace öffnen</translation>
    </message>
    <message>
        <source>Of two that are selected, the differences are shown</source>
        <translation>Von zwei gewählten werden die Unterschiede gezeigt</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>no trace</source>
        <translation>kein Trace</translation>
    </message>
    <message>
        <source>the trace is gone</source>
        <translation>der Trace ist fort</translation>
    </message>
</context>
<context>
    <name>TuningDock</name>
    <message>
        <source>Tuning</source>
        <translation>Abstimmung</translation>
    </message>
    <message>
        <source>What your changes did</source>
        <translation>Was Ihre Änderungen bewirkten</translation>
    </message>
    <message>
        <source>Change a setting while a pull runs: its effect stands here.</source>
        <translation>Ändern Sie eine Einstellung, während ein Pull läuft: Die Wirkung steht hier.</translation>
    </message>
    <message>
        <source>Limits, order, protocol</source>
        <translation>Grenzen, Folge, Protokoll</translation>
    </message>
    <message>
        <source>As the trace tells them; they cannot be changed any more.</source>
        <translation>Wie der Trace sie nennt; sie lassen sich nicht mehr ändern.</translation>
    </message>
    <message>
        <source>No setting was changed during this pull.</source>
        <translation>In diesem Pull wurde keine Einstellung geändert.</translation>
    </message>
    <message>
        <source>At most {0} chunks at once: connections is the limit</source>
        <translation>Höchstens {0} Chunks zugleich: die Verbindungen begrenzen</translation>
    </message>
    <message>
        <source>{0} layers × {1}</source>
        <translation>{0} Layer × {1}</translation>
    </message>
    <message>
        <source>At most {0} chunks at once: {1}</source>
        <translation>Höchstens {0} Chunks zugleich: {1}</translation>
    </message>
</context>
<context>
    <name>ValueField</name>
    <message>
        <source>write values with commas between them</source>
        <translation>Werte mit Kommas dazwischen schreiben</translation>
    </message>
    <message>
        <source>{0} is not understood; write it as {1}</source>
        <translation>{0} ist nicht zu verstehen; schreiben Sie es wie {1}</translation>
    </message>
    <message>
        <source>{0} is not between {1} and {2}</source>
        <translation>{0} liegt nicht zwischen {1} und {2}</translation>
    </message>
    <message>
        <source>{0} is there twice</source>
        <translation>{0} steht zweimal da</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Type an image reference above and press Enter: Pullscope pulls the image in chunks, shows every one of them, and lets you tune the pull while it runs.</source>
        <translation>Geben Sie oben die Referenz eines Images ein und drücken Sie die Eingabetaste: Pullscope lädt das Image in Chunks, zeigt jeden von ihnen und lässt sich abstimmen, während der Pull läuft.</translation>
    </message>
    <message>
        <source>The demo comes from a registry on this computer, at 4 MiB/s per connection.</source>
        <translation>Die Demo kommt von einer Registry auf diesem Computer, mit 4 MiB/s je Verbindung.</translation>
    </message>
</context>
<context>
    <name>_EffectRow</name>
    <message>
        <source>{0} → {1} over {2}</source>
        <translation>{0} → {1} über {2}</translation>
    </message>
    <message>
        <source>measuring</source>
        <translation>misst</translation>
    </message>
    <message>
        <source>no change</source>
        <translation>unverändert</translation>
    </message>
</context>
<context>
    <name>_PlaceRow</name>
    <message>
        <source>Change…</source>
        <translation>Ändern…</translation>
    </message>
    <message>
        <source>{0}: choose another folder</source>
        <translation>{0}: anderen Ordner wählen</translation>
    </message>
</context>
<context>
    <name>_Rows</name>
    <message>
        <source>pending</source>
        <translation>offen</translation>
    </message>
    <message>
        <source>hashing</source>
        <translation>hasht</translation>
    </message>
    <message>
        <source>committing</source>
        <translation>legt ab</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>already here</source>
        <translation>vorhanden</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>No layers yet</source>
        <translation>Noch keine Layer</translation>
    </message>
    <message>
        <source>hashed</source>
        <translation>gehasht</translation>
    </message>
    <message>
        <source>written</source>
        <translation>geschrieben</translation>
    </message>
    <message>
        <source>kept from an earlier pull, {}</source>
        <translation>von einem früheren Pull behalten, {}</translation>
    </message>
    <message>
        <source>chunk {}, {}, attempts {}</source>
        <translation>Chunk {}, {}, Versuche {}</translation>
    </message>
    <message>
        <source>, waits behind a gap</source>
        <translation>, wartet hinter einer Lücke</translation>
    </message>
    <message>
        <source>chunk {}, {}, attempt {}</source>
        <translation>Chunk {}, {}, Versuch {}</translation>
    </message>
    <message>
        <source>, {} % here</source>
        <translation>, {} % hier</translation>
    </message>
    <message>
        <source>, connection c{}</source>
        <translation>, Verbindung c{}</translation>
    </message>
    <message>
        <source>waiting for its first byte</source>
        <translation>wartet auf das erste Byte</translation>
    </message>
    <message>
        <source>receiving</source>
        <translation>empfängt</translation>
    </message>
    <message>
        <source>waiting to be retried</source>
        <translation>wartet auf die Wiederholung</translation>
    </message>
    <message>
        <source>not asked for yet</source>
        <translation>noch nicht angefordert</translation>
    </message>
    <message>
        <source>Layer {} of {}, {}</source>
        <translation>Layer {} von {}, {}</translation>
    </message>
    <message>
        <source>bytes {} to {} ({})</source>
        <translation>Bytes {} bis {} ({})</translation>
    </message>
    <message>
        <source>connection c{}</source>
        <translation>Verbindung c{}</translation>
    </message>
</context>
<context>
    <name>_Running</name>
    <message>
        <source>Rate</source>
        <translation>Rate</translation>
    </message>
    <message>
        <source>MB/s</source>
        <translation>MB/s</translation>
    </message>
    <message>
        <source>Resolving</source>
        <translation>Auflösen</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>begins when another pull has ended</source>
        <translation>beginnt, wenn ein anderer Pull zu Ende ist</translation>
    </message>
    <message>
        <source>begins when it is resumed</source>
        <translation>beginnt, wenn er fortgesetzt wird</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Unterbrochen</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>average {0}</source>
        <translation>Mittel {0}</translation>
    </message>
    <message>
        <source>peak {0}</source>
        <translation>Spitze {0}</translation>
    </message>
    <message>
        <source>of {0}</source>
        <translation>von {0}</translation>
    </message>
    <message>
        <source>days</source>
        <translation>Tage</translation>
    </message>
    <message>
        <source>left</source>
        <translation>übrig</translation>
    </message>
    <message>
        <source>{0} of {1} layers done</source>
        <translation>{0} von {1} Layern fertig</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pausiert</translation>
    </message>
    <message>
        <source>{0} are kept</source>
        <translation>{0} bleiben erhalten</translation>
    </message>
    <message>
        <source>Committing</source>
        <translation>Ablegen</translation>
    </message>
    <message>
        <source>Ending</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Verifying</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Receiving</source>
        <translation>Empfangen</translation>
    </message>
</context>
<context>
    <name>_Side</name>
    <message>
        <source>Pull {0}</source>
        <translation>Pull {0}</translation>
    </message>
</context>
<context>
    <name>_Stopped</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the error</source>
        <translation>Fehler kopieren</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Error: {0}</source>
        <translation>Fehler: {0}</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Unfinished</source>
        <translation>Unfertig</translation>
    </message>
    <message>
        <source>{0} of {1} had been received when the trace ends.</source>
        <translation>{0} von {1} waren empfangen, als der Trace endet.</translation>
    </message>
    <message>
        <source>{0} of {1} are kept; the next pull of this image goes on from there.</source>
        <translation>{0} von {1} bleiben erhalten; der nächste Pull dieses Images macht dort weiter.</translation>
    </message>
    <message>
        <source>Nothing had been received yet.</source>
        <translation>Es war noch nichts empfangen.</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
</context>
<context>
    <name>_Summary</name>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>in all</source>
        <translation>im Ganzen</translation>
    </message>
    <message>
        <source>network time</source>
        <translation>Netzzeit</translation>
    </message>
    <message>
        <source>verify, commit</source>
        <translation>prüfen, ablegen</translation>
    </message>
    <message>
        <source>from network</source>
        <translation>aus dem Netz</translation>
    </message>
    <message>
        <source>already here</source>
        <translation>vorhanden</translation>
    </message>
    <message>
        <source>average, peak</source>
        <translation>Mittel, Spitze</translation>
    </message>
    <message>
        <source>retries</source>
        <translation>Wiederholungen</translation>
    </message>
    <message>
        <source>wasted</source>
        <translation>vergeudet</translation>
    </message>
    <message>
        <source>s</source>
        <translation>s</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>Pull</source>
        <translation>Laden</translation>
    </message>
    <message>
        <source>Pull the image named on the left</source>
        <translation>Das links genannte Image laden</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>Ansehen</translation>
    </message>
    <message>
        <source>Show what the image is made of, without pulling its layers</source>
        <translation>Zeigen, woraus das Image besteht, ohne seine Layer zu laden</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Cut the chunks in flight and keep what they received</source>
        <translation>Chunks unterwegs abschneiden und behalten, was sie empfangen haben</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>End the pull; its parts are kept and the next pull resumes them</source>
        <translation>Den Pull beenden; seine Teile bleiben, und der nächste Pull setzt sie fort</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>Erneut beginnen</translation>
    </message>
    <message>
        <source>Pull what waits, was interrupted or has ended; what is here already is kept</source>
        <translation>Laden, was wartet, unterbrochen wurde oder zu Ende ist; was schon da ist, bleibt</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <source>Let this pull begin before the one above it</source>
        <translation>Diesen Pull vor dem darüber beginnen lassen</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>Nach unten</translation>
    </message>
    <message>
        <source>Let this pull begin after the one below it</source>
        <translation>Diesen Pull nach dem darunter beginnen lassen</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>Aus der Liste entfernen</translation>
    </message>
    <message>
        <source>Cancel this pull and take it off the list; its parts are kept</source>
        <translation>Diesen Pull abbrechen und aus der Liste nehmen; seine Teile bleiben</translation>
    </message>
    <message>
        <source>Remove and delete its parts</source>
        <translation>Entfernen und seine Teile löschen</translation>
    </message>
    <message>
        <source>Cancel this pull, take it off the list, and delete what is unfinished of it</source>
        <translation>Diesen Pull abbrechen, von der Liste nehmen und löschen, was davon unfertig ist</translation>
    </message>
    <message>
        <source>Resume all pulls</source>
        <translation>Alle Pulls fortsetzen</translation>
    </message>
    <message>
        <source>Go on with all pulls that are paused or were interrupted, in the order of the list</source>
        <translation>Alle pausierten und unterbrochenen Pulls in der Reihenfolge der Liste fortsetzen</translation>
    </message>
    <message>
        <source>Pause all pulls</source>
        <translation>Alle Pulls pausieren</translation>
    </message>
    <message>
        <source>Pause all pulls that run</source>
        <translation>Alle laufenden Pulls pausieren</translation>
    </message>
    <message>
        <source>Export trace</source>
        <translation>Trace speichern</translation>
    </message>
    <message>
        <source>Save every event of this pull for other tools</source>
        <translation>Jedes Ereignis dieses Pulls für andere Programme speichern</translation>
    </message>
    <message>
        <source>Open trace…</source>
        <translation>Trace öffnen…</translation>
    </message>
    <message>
        <source>Show a pull that a .pullscope or .jsonl file tells of</source>
        <translation>Einen Pull zeigen, von dem eine Datei mit .pullscope oder .jsonl erzählt</translation>
    </message>
    <message>
        <source>Compare…</source>
        <translation>Vergleichen…</translation>
    </message>
    <message>
        <source>Lay two pulls or traces over one another; select both in the list</source>
        <translation>Zwei Pulls oder Traces übereinanderlegen; wählen Sie beide in der Liste</translation>
    </message>
    <message>
        <source>Export trace without names</source>
        <translation>Trace ohne Namen speichern</translation>
    </message>
    <message>
        <source>Save a trace that is safe to share: pseudonyms for hosts, repositories, folders and addresses</source>
        <translation>Einen Trace speichern, der weitergegeben werden darf: Pseudonyme für Hosts, Repositorys, Ordner und Adressen</translation>
    </message>
    <message>
        <source>Sweep…</source>
        <translation>Messreihe…</translation>
    </message>
    <message>
        <source>Find the best settings: pull an image again and again with others, each time cold</source>
        <translation>Die besten Einstellungen finden: ein Image immer wieder mit anderen pullen, jedes Mal kalt</translation>
    </message>
    <message>
        <source>Pull the demo image</source>
        <translation>Demo-Image laden</translation>
    </message>
    <message>
        <source>Pull 1 GiB in 8 layers from a registry on this computer, slow enough to watch</source>
        <translation>1 GiB in 8 Layern von einer Registry auf diesem Computer laden, langsam genug zum Zusehen</translation>
    </message>
    <message>
        <source>Edit the reference</source>
        <translation>Referenz bearbeiten</translation>
    </message>
    <message>
        <source>Go to the reference field</source>
        <translation>Zum Feld der Referenz gehen</translation>
    </message>
    <message>
        <source>Choose output folder…</source>
        <translation>Ausgabeordner wählen…</translation>
    </message>
    <message>
        <source>Where the image is written to</source>
        <translation>Wohin das Image geschrieben wird</translation>
    </message>
    <message>
        <source>Write an OCI archive…</source>
        <translation>OCI-Archiv schreiben…</translation>
    </message>
    <message>
        <source>A tar of the image, as skopeo and podman read it</source>
        <translation>Ein Tar des Images, wie skopeo und podman es lesen</translation>
    </message>
    <message>
        <source>Write a Docker archive…</source>
        <translation>Docker-Archiv schreiben…</translation>
    </message>
    <message>
        <source>A tar of the image, as docker load reads it</source>
        <translation>Ein Tar des Images, wie docker load es liest</translation>
    </message>
    <message>
        <source>With signatures and SBOMs</source>
        <translation>Mit Signaturen und SBOMs</translation>
    </message>
    <message>
        <source>Also pull what refers to the image: signatures, attestations, SBOMs</source>
        <translation>Auch holen, was auf das Image verweist: Signaturen, Attestierungen, SBOMs</translation>
    </message>
    <message>
        <source>Use my store</source>
        <translation>Eigene Ablage benutzen</translation>
    </message>
    <message>
        <source>Write images to your Pullscope store</source>
        <translation>Images in Ihre Pullscope-Ablage schreiben</translation>
    </message>
    <message>
        <source>Clear recent references and traces</source>
        <translation>Letzte Referenzen und Traces vergessen</translation>
    </message>
    <message>
        <source>Forget what was pulled and opened lately</source>
        <translation>Vergessen, was zuletzt geladen und geöffnet wurde</translation>
    </message>
    <message>
        <source>Plain HTTP</source>
        <translation>Unverschlüsseltes HTTP</translation>
    </message>
    <message>
        <source>Speak HTTP without TLS to the registry</source>
        <translation>Mit der Registry HTTP ohne TLS sprechen</translation>
    </message>
    <message>
        <source>Verify TLS certificates</source>
        <translation>TLS-Zertifikate prüfen</translation>
    </message>
    <message>
        <source>Refuse registries whose certificate is not trusted</source>
        <translation>Registrys ablehnen, deren Zertifikat nicht vertraut wird</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy reference</source>
        <translation>Referenz kopieren</translation>
    </message>
    <message>
        <source>Copy digest of the selected layers</source>
        <translation>Digest der gewählten Layer kopieren</translation>
    </message>
    <message>
        <source>Copy selected rows</source>
        <translation>Gewählte Zeilen kopieren</translation>
    </message>
    <message>
        <source>Copy as pullscope pull</source>
        <translation>Als pullscope pull kopieren</translation>
    </message>
    <message>
        <source>Copy as skopeo copy</source>
        <translation>Als skopeo copy kopieren</translation>
    </message>
    <message>
        <source>Copy as curl</source>
        <translation>Als curl kopieren</translation>
    </message>
    <message>
        <source>The selected chunk or layer, else the manifest</source>
        <translation>Der gewählte Chunk oder Layer, sonst das Manifest</translation>
    </message>
    <message>
        <source>Copy as ctr images pull</source>
        <translation>Als ctr images pull kopieren</translation>
    </message>
    <message>
        <source>Copy status as text</source>
        <translation>Status als Text kopieren</translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation>Diagnose kopieren</translation>
    </message>
    <message>
        <source>Versions, settings, the error and the last events, without secrets</source>
        <translation>Versionen, Einstellungen, der Fehler und die letzten Ereignisse, ohne Geheimnisse</translation>
    </message>
    <message>
        <source>Tuning</source>
        <translation>Abstimmung</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Undo the last change of a setting</source>
        <translation>Die letzte Änderung einer Einstellung zurücknehmen</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Make the undone change again</source>
        <translation>Die zurückgenommene Änderung wieder vornehmen</translation>
    </message>
    <message>
        <source>Use in a runtime…</source>
        <translation>In einer Laufzeit benutzen…</translation>
    </message>
    <message>
        <source>The settings as the configuration of containerd, SOCI, Docker or podman</source>
        <translation>Die Einstellungen als Konfiguration von containerd, SOCI, Docker oder podman</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>Filter the layers</source>
        <translation>Layer filtern</translation>
    </message>
    <message>
        <source>Show only layers whose digest, state or type has these words</source>
        <translation>Nur Layer zeigen, deren Digest, Zustand oder Typ diese Wörter enthält</translation>
    </message>
    <message>
        <source>Pulls</source>
        <translation>Pulls</translation>
    </message>
    <message>
        <source>Show or hide the list of pulls</source>
        <translation>Die Liste der Pulls zeigen oder verbergen</translation>
    </message>
    <message>
        <source>Show or hide the settings</source>
        <translation>Die Einstellungen zeigen oder verbergen</translation>
    </message>
    <message>
        <source>Chunk map</source>
        <translation>Chunk-Karte</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Zeitachse</translation>
    </message>
    <message>
        <source>Throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>Ereignisse</translation>
    </message>
    <message>
        <source>Show or hide what happened, in words</source>
        <translation>Zeigen oder verbergen, was geschah, in Worten</translation>
    </message>
    <message>
        <source>Chunks in flight</source>
        <translation>Chunks unterwegs</translation>
    </message>
    <message>
        <source>Loop lag and frames</source>
        <translation>Schleifenverzug und Bilder</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Theme of the desktop</source>
        <translation>Farben des Desktops</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Switch light and dark</source>
        <translation>Zwischen hell und dunkel wechseln</translation>
    </message>
    <message>
        <source>Language of the desktop</source>
        <translation>Sprache des Desktops</translation>
    </message>
    <message>
        <source>English</source>
        <translation>English</translation>
    </message>
    <message>
        <source>Deutsch</source>
        <translation>Deutsch</translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation>Anordnung zurücksetzen</translation>
    </message>
    <message>
        <source>Put everything back in its place</source>
        <translation>Alles wieder an seinen Platz stellen</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Find and do anything by a few letters of its name</source>
        <translation>Alles mit ein paar Buchstaben seines Namens finden und tun</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Every pull that has ended: search, tag, pull again</source>
        <translation>Jeder Pull, der zu Ende ist: suchen, markieren, erneut laden</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Einstellungen…</translation>
    </message>
    <message>
        <source>What holds for all pulls</source>
        <translation>Was für alle Pulls gilt</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>needs a reference in the field</source>
        <translation>braucht eine Referenz im Feld</translation>
    </message>
    <message>
        <source>needs a pull that runs</source>
        <translation>braucht einen laufenden Pull</translation>
    </message>
    <message>
        <source>needs a pull</source>
        <translation>braucht einen Pull</translation>
    </message>
    <message>
        <source>needs two pulls that have ended, or traces</source>
        <translation>braucht zwei Pulls, die zu Ende sind, oder Traces</translation>
    </message>
    <message>
        <source>the demo registry is starting</source>
        <translation>die Demo-Registry startet</translation>
    </message>
    <message>
        <source>needs a pull that does not run</source>
        <translation>braucht einen Pull, der nicht läuft</translation>
    </message>
    <message>
        <source>needs a pull below another</source>
        <translation>braucht einen Pull unter einem anderen</translation>
    </message>
    <message>
        <source>needs a pull above another</source>
        <translation>braucht einen Pull über einem anderen</translation>
    </message>
    <message>
        <source>needs a pull that began in this window</source>
        <translation>braucht einen Pull, der in diesem Fenster begann</translation>
    </message>
    <message>
        <source>needs a pull that stands still</source>
        <translation>braucht einen Pull, der stillsteht</translation>
    </message>
    <message>
        <source>needs selected layers</source>
        <translation>braucht gewählte Layer</translation>
    </message>
    <message>
        <source>no setting was changed</source>
        <translation>keine Einstellung wurde geändert</translation>
    </message>
    <message>
        <source>nothing was undone</source>
        <translation>nichts wurde zurückgenommen</translation>
    </message>
    <message>
        <source>not now</source>
        <translation>jetzt nicht</translation>
    </message>
</context>
<context>
    <name>effects</name>
    <message>
        <source>parallelism</source>
        <translation>Parallelität</translation>
    </message>
    <message>
        <source>chunk</source>
        <translation>Chunk</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Layer</translation>
    </message>
    <message>
        <source>connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>rate limit</source>
        <translation>Ratengrenze</translation>
    </message>
    <message>
        <source>requests</source>
        <translation>Anfragen</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>write</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>layer order</source>
        <translation>Layer-Folge</translation>
    </message>
    <message>
        <source>protocol</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>no change</source>
        <translation>unverändert</translation>
    </message>
    <message>
        <source>{0}: {1} → {2} ({3}) over {4}</source>
        <translation>{0}: {1} → {2} ({3}) über {4}</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>in place</source>
        <translation>an Ort und Stelle</translation>
    </message>
    <message>
        <source>as a stream</source>
        <translation>als Strom</translation>
    </message>
    <message>
        <source>as listed</source>
        <translation>wie aufgeführt</translation>
    </message>
    <message>
        <source>largest first</source>
        <translation>größte zuerst</translation>
    </message>
    <message>
        <source>whole layer</source>
        <translation>ganzer Layer</translation>
    </message>
    <message>
        <source>paused too soon</source>
        <translation>zu früh pausiert</translation>
    </message>
    <message>
        <source>the pull ended too soon</source>
        <translation>der Pull endete zu früh</translation>
    </message>
    <message>
        <source>all bytes were asked for</source>
        <translation>alle Bytes waren schon angefordert</translation>
    </message>
    <message>
        <source>changed again too soon</source>
        <translation>zu früh wieder geändert</translation>
    </message>
    <message>
        <source>changed too soon to compare</source>
        <translation>zu früh geändert für einen Vergleich</translation>
    </message>
</context>
<context>
    <name>messages</name>
    <message>
        <source>{path}: {error}</source>
        <translation>{path}: {error}</translation>
    </message>
    <message>
        <source>{path}: a later version of the program wrote it</source>
        <translation>{path}: von einer späteren Version des Programms geschrieben</translation>
    </message>
    <message>
        <source>the image config names {found} layers, the manifest {named}: Docker cannot load that</source>
        <translation>die Konfiguration des Images nennt {found} Layer, das Manifest {named}: das kann Docker nicht laden</translation>
    </message>
    <message>
        <source>write an oci-archive</source>
        <translation>schreiben Sie ein oci-archive</translation>
    </message>
    <message>
        <source>{root} is a directory</source>
        <translation>{root} ist ein Ordner</translation>
    </message>
    <message>
        <source>name a file for the archive</source>
        <translation>nennen Sie eine Datei für das Archiv</translation>
    </message>
    <message>
        <source>{root}: a docker-archive holds images for one platform and nothing else</source>
        <translation>{root}: ein docker-archive enthält nur Images für eine Plattform und nichts anderes</translation>
    </message>
    <message>
        <source>{root} was not written: the pull was cancelled</source>
        <translation>{root} wurde nicht geschrieben: der Pull wurde abgebrochen</translation>
    </message>
    <message>
        <source>{what} came with {digest!r} for a digest</source>
        <translation>{what} kam mit {digest!r} als Digest</translation>
    </message>
    <message>
        <source>{what} was to be {digest}, but hashes to {found}</source>
        <translation>{what} sollte {digest} sein, ergibt aber {found}</translation>
    </message>
    <message>
        <source>unexpected error: {kind}: {error}</source>
        <translation>unerwarteter Fehler: {kind}: {error}</translation>
    </message>
    <message>
        <source>{asked}: {came}</source>
        <translation>{asked}: {came}</translation>
    </message>
    <message>
        <source>more than the {length} bytes asked for came</source>
        <translation>es kamen mehr als die angeforderten {length} Bytes</translation>
    </message>
    <message>
        <source>{digest}, {asked}, from {host}</source>
        <translation>{digest}, {asked}, von {host}</translation>
    </message>
    <message>
        <source>{reason} from {host}</source>
        <translation>{reason} von {host}</translation>
    </message>
    <message>
        <source>the body ended after {got} of {length} bytes</source>
        <translation>die Antwort endete nach {got} von {length} Bytes</translation>
    </message>
    <message>
        <source>check the name, or log in with: {command}</source>
        <translation>prüfen Sie den Namen, oder melden Sie sich an mit: {command}</translation>
    </message>
    <message>
        <source>access to {repository} on {host}</source>
        <translation>Zugriff auf {repository} bei {host}</translation>
    </message>
    <message>
        <source>{origin} names a token service that is no web address</source>
        <translation>{origin} nennt einen Token-Dienst, der keine Webadresse ist</translation>
    </message>
    <message>
        <source>{origin} names a token service on plain HTTP, {host}; nothing was sent there</source>
        <translation>{origin} nennt einen Token-Dienst mit unverschlüsseltem HTTP, {host}; dorthin wurde nichts gesendet</translation>
    </message>
    <message>
        <source>its token service {host} answered HTTP {status}</source>
        <translation>ihr Token-Dienst {host} hat mit HTTP {status} geantwortet</translation>
    </message>
    <message>
        <source>the token service {host} answered HTTP {status}</source>
        <translation>der Token-Dienst {host} hat mit HTTP {status} geantwortet</translation>
    </message>
    <message>
        <source>the token service {host} answered without a token</source>
        <translation>der Token-Dienst {host} hat ohne Token geantwortet</translation>
    </message>
    <message>
        <source>the token service {host} did not answer with JSON</source>
        <translation>der Token-Dienst {host} hat nicht mit JSON geantwortet</translation>
    </message>
    <message>
        <source>HTTP 401 without a challenge that Pullscope knows</source>
        <translation>HTTP 401 ohne ein Anmeldeverfahren, das Pullscope kennt</translation>
    </message>
    <message>
        <source>it wants a login, and none was found for it</source>
        <translation>die Registry verlangt eine Anmeldung, und für sie wurde keine gefunden</translation>
    </message>
    <message>
        <source>it refused the login that was found for it</source>
        <translation>die Registry hat die Anmeldung abgelehnt, die für sie gefunden wurde</translation>
    </message>
    <message>
        <source>{came}; {remedy}</source>
        <translation>{came}; {remedy}</translation>
    </message>
    <message>
        <source>{file} ends at byte {end} of {size}</source>
        <translation>{file} endet bei Byte {end} von {size}</translation>
    </message>
    <message>
        <source>the part file ends at byte {end}</source>
        <translation>die Teildatei endet bei Byte {end}</translation>
    </message>
    <message>
        <source>capabilities names {name}, which is none</source>
        <translation>capabilities nennt {name}, das es nicht gibt</translation>
    </message>
    <message>
        <source>pull-from-mirror is {value}; it can be {values}</source>
        <translation>pull-from-mirror ist {value}; möglich sind {values}</translation>
    </message>
    <message>
        <source>{path}, line {line}: {reason}</source>
        <translation>{path}, Zeile {line}: {reason}</translation>
    </message>
    <message>
        <source>no host that is configured for {registry} may serve pulls</source>
        <translation>kein Host, der für {registry} eingerichtet ist, darf Pulls bedienen</translation>
    </message>
    <message>
        <source>no host that is configured for {registry} may resolve tags</source>
        <translation>kein Host, der für {registry} eingerichtet ist, darf Tags auflösen</translation>
    </message>
    <message>
        <source>{key} is no table</source>
        <translation>{key} ist keine Tabelle</translation>
    </message>
    <message>
        <source>{key} names a host that is no plain web address</source>
        <translation>{key} nennt einen Host, der keine einfache Webadresse ist</translation>
    </message>
    <message>
        <source>location of registry is missing, and so is prefix</source>
        <translation>location von registry fehlt, prefix ebenso</translation>
    </message>
    <message>
        <source>prefix may hold a * only at its begin, as *.example.com</source>
        <translation>prefix darf ein * nur am Anfang haben, wie *.example.com</translation>
    </message>
    <message>
        <source>location of registry.mirror is missing</source>
        <translation>location von registry.mirror fehlt</translation>
    </message>
    <message>
        <source>{key} begins with a scheme</source>
        <translation>{key} beginnt mit einem Schema</translation>
    </message>
    <message>
        <source>{prefix} is blocked in {path}</source>
        <translation>{prefix} ist in {path} gesperrt</translation>
    </message>
    <message>
        <source>{path}: the location of {prefix} leads {name} to no repository</source>
        <translation>{path}: die location von {prefix} führt {name} zu keinem Repository</translation>
    </message>
    <message>
        <source>{key} is no list of tables</source>
        <translation>{key} ist keine Liste von Tabellen</translation>
    </message>
    <message>
        <source>{path}: is larger than the {limit} bytes allowed</source>
        <translation>{path}: ist größer als die erlaubten {limit} Bytes</translation>
    </message>
    <message>
        <source>write {header}</source>
        <translation>schreiben Sie {header}</translation>
    </message>
    <message>
        <source>write the host without it</source>
        <translation>schreiben Sie den Host ohne dieses</translation>
    </message>
    <message>
        <source>{path}, line {line}: holds bytes that are not UTF-8</source>
        <translation>{path}, Zeile {line}: enthält Bytes, die nicht UTF-8 sind</translation>
    </message>
    <message>
        <source>{key} is neither true nor false</source>
        <translation>{key} ist weder true noch false</translation>
    </message>
    <message>
        <source>{key} is no text</source>
        <translation>{key} ist kein Text</translation>
    </message>
    <message>
        <source>{key} is neither a text nor a list of texts</source>
        <translation>{key} ist weder ein Text noch eine Liste von Texten</translation>
    </message>
    <message>
        <source>{key} is no table of headers</source>
        <translation>{key} ist keine Tabelle von Headern</translation>
    </message>
    <message>
        <source>{key} has a value that no header can have</source>
        <translation>{key} hat einen Wert, den kein Header haben kann</translation>
    </message>
    <message>
        <source>{key} is no duration such as &quot;10s&quot;</source>
        <translation>{key} ist keine Dauer wie &quot;10s&quot;</translation>
    </message>
    <message>
        <source>{key} holds a character that is not allowed</source>
        <translation>{key} enthält ein Zeichen, das nicht erlaubt ist</translation>
    </message>
    <message>
        <source>blocked</source>
        <translation>gesperrt</translation>
    </message>
    <message>
        <source>{path}: its key is missing, {key} beside it</source>
        <translation>{path}: der Schlüssel fehlt, {key} daneben</translation>
    </message>
    <message>
        <source>{path}: cannot be read as TOML</source>
        <translation>{path}: kann nicht als TOML gelesen werden</translation>
    </message>
    <message>
        <source>{key} is no file, no list of files and no list of pairs</source>
        <translation>{key} ist weder eine Datei noch eine Liste von Dateien noch eine Liste von Paaren</translation>
    </message>
    <message>
        <source>{key} has a value for {name} that no header can have</source>
        <translation>{key} hat für {name} einen Wert, den kein Header haben kann</translation>
    </message>
    <message>
        <source>{key} has a name that no header can be called</source>
        <translation>{key} hat einen Namen, den kein Header haben kann</translation>
    </message>
    <message>
        <source>{key} has {name}, which is set for each request</source>
        <translation>{key} hat {name}, das für jede Anfrage gesetzt wird</translation>
    </message>
    <message>
        <source>the image&apos;s config is not a JSON object</source>
        <translation>die Konfiguration des Images ist kein JSON-Objekt</translation>
    </message>
    <message>
        <source>the image&apos;s config is not JSON ({error})</source>
        <translation>die Konfiguration des Images ist kein JSON ({error})</translation>
    </message>
    <message>
        <source>the manifest {digest} is damaged, and what it needs unknown</source>
        <translation>das Manifest {digest} ist beschädigt; was es braucht, ist unbekannt</translation>
    </message>
    <message>
        <source>remove its image (pullscope store rm) or pull it again</source>
        <translation>entfernen Sie sein Image (pullscope store rm), oder laden Sie es noch einmal</translation>
    </message>
    <message>
        <source>the config</source>
        <translation>die Konfiguration</translation>
    </message>
    <message>
        <source>the image has no manifest for {wanted}; it has {there}</source>
        <translation>das Image hat kein Manifest für {wanted}; es hat {there}</translation>
    </message>
    <message>
        <source>the image has no manifest for {wanted}; it has none</source>
        <translation>das Image hat kein Manifest für {wanted}; es hat gar keines</translation>
    </message>
    <message>
        <source>choose one, or all, with --platform</source>
        <translation>wählen Sie mit --platform eines davon oder alle</translation>
    </message>
    <message>
        <source>the registry holds {media_type!r} under this name, not an image</source>
        <translation>die Registry hat unter diesem Namen {media_type!r}, kein Image</translation>
    </message>
    <message>
        <source>the image config claims {size} bytes; at most {most} do</source>
        <translation>die Konfiguration des Images gibt {size} Bytes an; höchstens {most} sind erlaubt</translation>
    </message>
    <message>
        <source>layer {number}</source>
        <translation>Layer {number}</translation>
    </message>
    <message>
        <source>the data within the manifest</source>
        <translation>der Inhalt im Manifest</translation>
    </message>
    <message>
        <source>the manifest is not a JSON object</source>
        <translation>das Manifest ist kein JSON-Objekt</translation>
    </message>
    <message>
        <source>the manifest&apos;s mediaType is not text</source>
        <translation>der mediaType des Manifests ist kein Text</translation>
    </message>
    <message>
        <source>the image has only a schema 1 manifest, which is obsolete</source>
        <translation>das Image hat nur ein Manifest nach Schema 1, das veraltet ist</translation>
    </message>
    <message>
        <source>push it anew</source>
        <translation>pushen Sie es neu</translation>
    </message>
    <message>
        <source>the registry&apos;s reply is not an image manifest: schemaVersion is not 2</source>
        <translation>die Antwort der Registry ist kein Image-Manifest: schemaVersion ist nicht 2</translation>
    </message>
    <message>
        <source>the manifest is {inside!r}, its Content-Type {content_type!r}</source>
        <translation>das Manifest ist {inside!r}, sein Content-Type aber {content_type!r}</translation>
    </message>
    <message>
        <source>entry {number} of the index</source>
        <translation>Eintrag {number} des Index</translation>
    </message>
    <message>
        <source>the manifest has no list of {key}</source>
        <translation>das Manifest hat keine Liste {key}</translation>
    </message>
    <message>
        <source>{what} is not a descriptor</source>
        <translation>{what} ist kein Descriptor</translation>
    </message>
    <message>
        <source>{what} has the digest {digest!r}, which is no sha256 or sha512</source>
        <translation>{what} hat den Digest {digest!r}; das ist kein sha256 oder sha512</translation>
    </message>
    <message>
        <source>{what} claims a size of {size} bytes</source>
        <translation>{what} gibt eine Größe von {size} Bytes an</translation>
    </message>
    <message>
        <source>{what} has a media type that is not text</source>
        <translation>{what} hat einen Medientyp, der kein Text ist</translation>
    </message>
    <message>
        <source>the manifest gives two sizes for {digest}</source>
        <translation>das Manifest nennt zwei Größen für {digest}</translation>
    </message>
    <message>
        <source>the data within the manifest for {digest} is {size} bytes</source>
        <translation>die Daten im Manifest für {digest} haben {size} Bytes</translation>
    </message>
    <message>
        <source>the manifest is not JSON ({error})</source>
        <translation>das Manifest ist kein JSON ({error})</translation>
    </message>
    <message>
        <source>the platform of entry {number} of the index is not text</source>
        <translation>die Plattform von Eintrag {number} des Index ist kein Text</translation>
    </message>
    <message>
        <source>referrer {number}</source>
        <translation>Referrer {number}</translation>
    </message>
    <message>
        <source>the data within the manifest for {digest} is not base64</source>
        <translation>die Daten im Manifest für {digest} sind kein Base64</translation>
    </message>
    <message>
        <source>{came}; asked before, {others}</source>
        <translation>{came}; vorher gefragt, {others}</translation>
    </message>
    <message>
        <source>{list}, {next}</source>
        <translation>{list}, {next}</translation>
    </message>
    <message>
        <source>more bytes came than were asked for</source>
        <translation>es kamen mehr Bytes, als angefordert waren</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Layer</translation>
    </message>
    <message>
        <source>parallelism</source>
        <translation>Parallelität</translation>
    </message>
    <message>
        <source>connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>chunk size</source>
        <translation>Chunk-Größe</translation>
    </message>
    <message>
        <source>rate limit</source>
        <translation>Ratengrenze</translation>
    </message>
    <message>
        <source>memory limit</source>
        <translation>Speichergrenze</translation>
    </message>
    <message>
        <source>request limit</source>
        <translation>Anfragegrenze</translation>
    </message>
    <message>
        <source>write</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>layer order</source>
        <translation>Layer-Folge</translation>
    </message>
    <message>
        <source>protocol</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>{words} or {other}</source>
        <translation>{words} oder {other}</translation>
    </message>
    <message>
        <source>{name} is {value}</source>
        <translation>{name}: {value} ist nicht möglich</translation>
    </message>
    <message>
        <source>it must be between {least} and {greatest}</source>
        <translation>möglich ist {least} bis {greatest}</translation>
    </message>
    <message>
        <source>{name} is {value!r}</source>
        <translation>{name} ist {value!r}</translation>
    </message>
    <message>
        <source>it must be {allowed}</source>
        <translation>erlaubt ist {allowed}</translation>
    </message>
    <message>
        <source>{text!r} is not a platform</source>
        <translation>{text!r} ist keine Plattform</translation>
    </message>
    <message>
        <source>write os/architecture, as linux/arm64</source>
        <translation>schreiben Sie os/architecture, etwa linux/arm64</translation>
    </message>
    <message>
        <source>the image has no layer to ask a range of</source>
        <translation>das Image hat keinen Layer, von dem ein Bereich angefordert werden kann</translation>
    </message>
    <message>
        <source>the index leads to another index, not to an image</source>
        <translation>der Index führt zu einem weiteren Index, nicht zu einem Image</translation>
    </message>
    <message>
        <source>no reply in time</source>
        <translation>keine Antwort in der gegebenen Zeit</translation>
    </message>
    <message>
        <source>a second request was answered first</source>
        <translation>eine zweite Anfrage wurde zuerst beantwortet</translation>
    </message>
    <message>
        <source>the first request went on</source>
        <translation>die erste Anfrage ging weiter</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>its {size} bytes hash to {found}</source>
        <translation>seine {size} Bytes ergeben den Digest {found}</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>the reply is the whole layer</source>
        <translation>die Antwort ist der ganze Layer</translation>
    </message>
    <message>
        <source>layer {number} was to be {digest}, but its {size} bytes hash to {found}, also when fetched again; the registry, or what stands between, damages it</source>
        <translation>Layer {number} sollte {digest} sein, aber seine {size} Bytes ergeben den Digest {found}, auch beim zweiten Laden; die Registry, oder was dazwischen steht, beschädigt ihn</translation>
    </message>
    <message>
        <source>the second reply was not the bytes asked for</source>
        <translation>die zweite Antwort war nicht die angeforderten Bytes</translation>
    </message>
    <message>
        <source>another reply is the whole layer</source>
        <translation>eine andere Antwort ist der ganze Layer</translation>
    </message>
    <message>
        <source>the whole layer is asked for instead</source>
        <translation>stattdessen wird der ganze Layer angefordert</translation>
    </message>
    <message>
        <source>layer {number}, {asked}, from {host}</source>
        <translation>Layer {number}, {asked}, von {host}</translation>
    </message>
    <message>
        <source>{reason}, {times} times in a row</source>
        <translation>{reason}, {times}-mal hintereinander</translation>
    </message>
    <message>
        <source>pull again later: what is here is kept</source>
        <translation>starten Sie den Pull später noch einmal: Was hier ist, bleibt erhalten</translation>
    </message>
    <message>
        <source>no byte for {seconds:g} s</source>
        <translation>{seconds:g} s lang kein Byte</translation>
    </message>
    <message>
        <source>bytes {first}-{last}</source>
        <translation>Bytes {first}-{last}</translation>
    </message>
    <message>
        <source>asked {asked}, got 206 for bytes {first}-{last}</source>
        <translation>{asked} angefordert, 206 für Bytes {first}-{last} bekommen</translation>
    </message>
    <message>
        <source>asked {asked} of {size}, got 206 of {found}</source>
        <translation>{asked} von {size} angefordert, 206 von {found} bekommen</translation>
    </message>
    <message>
        <source>asked {asked} bytes, got Content-Length {length}</source>
        <translation>{asked} Bytes angefordert, Content-Length {length} bekommen</translation>
    </message>
    <message>
        <source>the manifest says {size} bytes, the registry sends a blob of {length}</source>
        <translation>das Manifest nennt {size} Bytes, die Registry sendet einen Blob von {length}</translation>
    </message>
    <message>
        <source>HTTP {status} to a range</source>
        <translation>HTTP {status} auf einen Bereich</translation>
    </message>
    <message>
        <source>the whole blob</source>
        <translation>der ganze Blob</translation>
    </message>
    <message>
        <source>the reply is encoded as {encoding!r}; byte ranges of it mean nothing</source>
        <translation>die Antwort ist als {encoding!r} kodiert; Byte-Bereiche davon bedeuten nichts</translation>
    </message>
    <message>
        <source>asked {asked}, got 206 with Content-Range {range!r}</source>
        <translation>{asked} angefordert, 206 mit Content-Range {range!r} bekommen</translation>
    </message>
    <message>
        <source>asked {asked}, got 206 with no Content-Range</source>
        <translation>{asked} angefordert, 206 ohne Content-Range bekommen</translation>
    </message>
    <message>
        <source>an image reference is missing, such as alpine:3.20</source>
        <translation>es fehlt eine Image-Referenz, etwa alpine:3.20</translation>
    </message>
    <message>
        <source>{shown} has a digest that is neither sha256: nor sha512: and its hex digits</source>
        <translation>{shown} hat einen Digest, der weder sha256: noch sha512: mit seinen Hexziffern ist</translation>
    </message>
    <message>
        <source>{shown} has a tag that holds a character no tag can have</source>
        <translation>{shown} hat einen Tag mit einem Zeichen, das kein Tag haben kann</translation>
    </message>
    <message>
        <source>{shown} has no valid registry host before the first /</source>
        <translation>{shown} hat vor dem ersten / keinen gültigen Host einer Registry</translation>
    </message>
    <message>
        <source>{shown} has upper-case letters in its repository</source>
        <translation>{shown} hat Großbuchstaben im Repository</translation>
    </message>
    <message>
        <source>{shown} is not an image reference, such as ghcr.io/team/app:1</source>
        <translation>{shown} ist keine Image-Referenz, wie etwa ghcr.io/team/app:1</translation>
    </message>
    <message>
        <source>{shown} has a name of more than {most} characters</source>
        <translation>{shown} hat einen Namen von mehr als {most} Zeichen</translation>
    </message>
    <message>
        <source>{shown} starts with a scheme</source>
        <translation>{shown} beginnt mit einem Schema</translation>
    </message>
    <message>
        <source>write registry/repository:tag without it</source>
        <translation>schreiben Sie registry/repository:tag ohne das Schema</translation>
    </message>
    <message>
        <source>check the name and the network</source>
        <translation>prüfen Sie den Namen und das Netzwerk</translation>
    </message>
    <message>
        <source>redirected to something that is no web address</source>
        <translation>auf etwas umgeleitet, das keine Webadresse ist</translation>
    </message>
    <message>
        <source>HTTP 404, no such manifest</source>
        <translation>HTTP 404, kein solches Manifest</translation>
    </message>
    <message>
        <source>HTTP 404, no such config</source>
        <translation>HTTP 404, keine solche Konfiguration</translation>
    </message>
    <message>
        <source>HTTP 404, no such blob</source>
        <translation>HTTP 404, kein solcher Blob</translation>
    </message>
    <message>
        <source>HTTP 404, no such referrers</source>
        <translation>HTTP 404, keine solche Liste von Verweisen</translation>
    </message>
    <message>
        <source>the manifest</source>
        <translation>das Manifest</translation>
    </message>
    <message>
        <source>the referrers</source>
        <translation>die Liste der Verweise</translation>
    </message>
    <message>
        <source>the token</source>
        <translation>das Token</translation>
    </message>
    <message>
        <source>the config blob from {host}</source>
        <translation>der Config-Blob von {host}</translation>
    </message>
    <message>
        <source>check the name and the tag</source>
        <translation>prüfen Sie den Namen und den Tag</translation>
    </message>
    <message>
        <source>HTTP 429, too many requests</source>
        <translation>HTTP 429, zu viele Anfragen</translation>
    </message>
    <message>
        <source>if the registry speaks plain HTTP, say so with --plain-http</source>
        <translation>wenn die Registry unverschlüsseltes HTTP spricht, sagen Sie es mit --plain-http</translation>
    </message>
    <message>
        <source>trust its authority on this system, or accept any with --tls-skip-verify</source>
        <translation>vertrauen Sie auf diesem System ihrer Zertifizierungsstelle, oder lassen Sie mit --tls-skip-verify jede gelten</translation>
    </message>
    <message>
        <source>the manifest from {host}</source>
        <translation>das Manifest von {host}</translation>
    </message>
    <message>
        <source>the list of what refers to {digest} has no end on {host}</source>
        <translation>die Liste dessen, was auf {digest} verweist, hat auf {host} kein Ende</translation>
    </message>
    <message>
        <source>HTTP {status} from {host}, where it redirected to</source>
        <translation>HTTP {status} von {host}, wohin umgeleitet wurde</translation>
    </message>
    <message>
        <source>redirected from https to plain http on {host}; nothing was asked there</source>
        <translation>von https auf unverschlüsseltes http bei {host} umgeleitet; dort wurde nichts angefragt</translation>
    </message>
    <message>
        <source>wait, or log in</source>
        <translation>warten Sie, oder melden Sie sich an</translation>
    </message>
    <message>
        <source>no connection in time</source>
        <translation>keine Verbindung in der gegebenen Zeit</translation>
    </message>
    <message>
        <source>cannot connect</source>
        <translation>keine Verbindung möglich</translation>
    </message>
    <message>
        <source>the connection broke off</source>
        <translation>die Verbindung wurde abgebrochen</translation>
    </message>
    <message>
        <source>the connection broke</source>
        <translation>die Verbindung ist gestört</translation>
    </message>
    <message>
        <source>the reply cannot be decoded</source>
        <translation>die Antwort kann nicht dekodiert werden</translation>
    </message>
    <message>
        <source>{meaning} ({said})</source>
        <translation>{meaning} ({said})</translation>
    </message>
    <message>
        <source>more than {most} redirects</source>
        <translation>mehr als {most} Umleitungen</translation>
    </message>
    <message>
        <source>no TLS on the other side</source>
        <translation>kein TLS auf der anderen Seite</translation>
    </message>
    <message>
        <source>{what} from {host} is larger than the {limit} bytes allowed</source>
        <translation>{what} von {host} ist größer als die erlaubten {limit} Bytes</translation>
    </message>
    <message>
        <source>the manifests give two sizes for {digest}</source>
        <translation>die Manifeste nennen zwei Größen für {digest}</translation>
    </message>
    <message>
        <source>the index leads to more than {most} manifests</source>
        <translation>der Index führt zu mehr als {most} Manifesten</translation>
    </message>
    <message>
        <source>the manifests of the index have more than {most} bytes</source>
        <translation>die Manifeste des Index haben mehr als {most} Bytes</translation>
    </message>
    <message>
        <source>more than {most} indexes lie in one another</source>
        <translation>mehr als {most} Indexe liegen ineinander</translation>
    </message>
    <message>
        <source>make room and pull again: what is there is kept</source>
        <translation>schaffen Sie Platz und laden Sie noch einmal: was schon da ist, bleibt</translation>
    </message>
    <message>
        <source>choose a directory that you may write to</source>
        <translation>wählen Sie einen Ordner, in den Sie schreiben dürfen</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>kein Platz mehr auf dem Datenträger</translation>
    </message>
    <message>
        <source>Disk quota exceeded</source>
        <translation>Speicherkontingent überschritten</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>keine Berechtigung</translation>
    </message>
    <message>
        <source>Operation not permitted</source>
        <translation>der Vorgang ist nicht erlaubt</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>das Dateisystem ist nur lesbar</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <translation>zu viele offene Dateien</translation>
    </message>
    <message>
        <source>raise the limit of open files (ulimit -n) or pull fewer layers at once</source>
        <translation>erhöhen Sie die Grenze für offene Dateien (ulimit -n), oder laden Sie weniger Layer zugleich</translation>
    </message>
    <message>
        <source>File too large</source>
        <translation>die Datei ist zu groß</translation>
    </message>
    <message>
        <source>choose a file system that holds larger files, or raise the limit of their size (ulimit -f)</source>
        <translation>wählen Sie ein Dateisystem, das größere Dateien erlaubt, oder erhöhen Sie die Grenze für deren Größe (ulimit -f)</translation>
    </message>
    <message>
        <source>Too many open files in system; too many files are open on this machine</source>
        <translation>zu viele offene Dateien im System</translation>
    </message>
    <message>
        <source>close programs and pull again</source>
        <translation>schließen Sie Programme und laden Sie noch einmal</translation>
    </message>
    <message>
        <source>No such file or directory; the directory was removed</source>
        <translation>der Ordner wurde entfernt</translation>
    </message>
    <message>
        <source>pull again</source>
        <translation>laden Sie das Image noch einmal</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>Ein-/Ausgabefehler</translation>
    </message>
    <message>
        <source>cannot read {place}: {said}</source>
        <translation>{place} lässt sich nicht lesen: {said}</translation>
    </message>
    <message>
        <source>cannot write to {place}: {said}</source>
        <translation>in {place} lässt sich nicht schreiben: {said}</translation>
    </message>
    <message>
        <source>there is no image {name!r}</source>
        <translation>es gibt kein Image {name!r}</translation>
    </message>
    <message>
        <source>`pullscope store ls` lists what there is</source>
        <translation>`pullscope store ls` zeigt, was es gibt</translation>
    </message>
    <message>
        <source>{digest} was removed from {root} during the pull</source>
        <translation>{digest} wurde während des Pulls aus {root} entfernt</translation>
    </message>
    <message>
        <source>{root} is no directory</source>
        <translation>{root} ist kein Ordner</translation>
    </message>
    <message>
        <source>{root} is no OCI image layout: it has no oci-layout</source>
        <translation>{root} ist kein OCI-Image-Layout: es fehlt oci-layout</translation>
    </message>
    <message>
        <source>{path} is damaged</source>
        <translation>{path} ist beschädigt</translation>
    </message>
    <message>
        <source>move it away and pull again</source>
        <translation>verschieben Sie die Datei und laden Sie das Image noch einmal</translation>
    </message>
    <message>
        <source>{root} holds other files and is no OCI image layout</source>
        <translation>{root} enthält andere Dateien und ist kein OCI-Image-Layout</translation>
    </message>
    <message>
        <source>choose an empty or a new directory</source>
        <translation>wählen Sie einen leeren oder neuen Ordner</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>the certificates</source>
        <translation>die Zertifikate</translation>
    </message>
    <message>
        <source>{files} with {other}</source>
        <translation>{files} mit {other}</translation>
    </message>
    <message>
        <source>{path}: holds no certificate in PEM</source>
        <translation>{path}: enthält kein Zertifikat in PEM</translation>
    </message>
    <message>
        <source>{files}: cannot be used for TLS</source>
        <translation>{files}: für TLS nicht brauchbar</translation>
    </message>
    <message>
        <source>no transport is called {transport!r}; there are {transports}</source>
        <translation>kein Transport heißt {transport!r}; es gibt {transports}</translation>
    </message>
    <message>
        <source>the transport httpx has no HTTP/2 without the package h2</source>
        <translation>der Transport httpx kann ohne das Paket h2 kein HTTP/2</translation>
    </message>
    <message>
        <source>install it, or take the transport pyreqwest</source>
        <translation>installieren Sie es, oder nehmen Sie den Transport pyreqwest</translation>
    </message>
    <message>
        <source>{path}: holds no private key in PEM</source>
        <translation>{path}: enthält keinen privaten Schlüssel in PEM</translation>
    </message>
    <message>
        <source>{path}: its key has a password</source>
        <translation>{path}: der Schlüssel hat ein Passwort</translation>
    </message>
    <message>
        <source>the proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names is no web address</source>
        <translation>der Proxy, den HTTP_PROXY, HTTPS_PROXY oder ALL_PROXY nennt, ist keine Webadresse</translation>
    </message>
    <message>
        <source>{text!r} is not a size; write it as 16MiB, 500kB or 65536</source>
        <translation>{text!r} ist keine Größe; schreiben Sie 16MiB, 500kB oder 65536</translation>
    </message>
    <message>
        <source>{text!r} is too large</source>
        <translation>{text!r} ist zu groß</translation>
    </message>
    <message>
        <source>it has a trace, which is no pull</source>
        <translation>darin steht ein Trace, der kein Pull ist</translation>
    </message>
    <message>
        <source>it has settings that are none</source>
        <translation>darin stehen Einstellungen, die es nicht gibt</translation>
    </message>
    <message>
        <source>it has a text that is none, or too long</source>
        <translation>darin steht ein Text, der keiner oder zu lang ist</translation>
    </message>
    <message>
        <source>it has an empty text</source>
        <translation>darin steht ein leerer Text</translation>
    </message>
    <message>
        <source>a number is not between {least} and {most}</source>
        <translation>eine Zahl liegt nicht zwischen {least} und {most}</translation>
    </message>
    <message>
        <source>it is larger than {most} bytes</source>
        <translation>sie ist größer als {most} Byte</translation>
    </message>
    <message>
        <source>it is no list of version {version}</source>
        <translation>sie ist keine Liste der Version {version}</translation>
    </message>
    <message>
        <source>it lists more than {most} pulls</source>
        <translation>sie nennt mehr als {most} Pulls</translation>
    </message>
    <message>
        <source>{path}: it is made for other tools; {compressed} and {plain} traces can be opened</source>
        <translation>{path}: für andere Programme gemacht; öffnen lassen sich Traces mit {compressed} und {plain}</translation>
    </message>
    <message>
        <source>{path}: it tells what cannot have happened: {error}</source>
        <translation>{path}: der Trace erzählt, was nicht geschehen sein kann: {error}</translation>
    </message>
    <message>
        <source>settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>options</source>
        <translation>Optionen</translation>
    </message>
    <message>
        <source>there is no pull {number} in the history</source>
        <translation>es gibt keinen Pull {number} im Verlauf</translation>
    </message>
    <message>
        <source>{tag!r} is no tag: at most {longest} printed characters</source>
        <translation>{tag!r} ist keine Marke: höchstens {longest} druckbare Zeichen</translation>
    </message>
    <message>
        <source>pull {number}: its {what} are damaged</source>
        <translation>Pull {number}: seine {what} sind beschädigt</translation>
    </message>
    <message>
        <source>the lab is not running</source>
        <translation>die Demo-Registry läuft nicht</translation>
    </message>
    <message>
        <source>it ended before it listened</source>
        <translation>sie endete, bevor sie Verbindungen annahm</translation>
    </message>
    <message>
        <source>the lab did not start: {error}</source>
        <translation>die Demo-Registry startete nicht: {error}</translation>
    </message>
    <message>
        <source>{method} {path}: {status} {answer}</source>
        <translation>{method} {path}: {status} {answer}</translation>
    </message>
    <message>
        <source>plain_http is neither yes nor no</source>
        <translation>plain_http ist weder ja noch nein</translation>
    </message>
    <message>
        <source>an option is neither yes nor no</source>
        <translation>eine Option ist weder ja noch nein</translation>
    </message>
    <message>
        <source>aria2c: {reference} is an index of indexes</source>
        <translation>aria2c: {reference} ist ein Index von Indexen</translation>
    </message>
    <message>
        <source>aria2c: {error}</source>
        <translation>aria2c: {error}</translation>
    </message>
    <message>
        <source>no manifest could be had: {error}</source>
        <translation>kein Manifest zu bekommen: {error}</translation>
    </message>
    <message>
        <source>the registry answered {status} to a manifest</source>
        <translation>die Registry antwortete auf ein Manifest mit {status}</translation>
    </message>
    <message>
        <source>the registry asks for a token, which it cannot get</source>
        <translation>die Registry verlangt ein Token, das es nicht bekommen kann</translation>
    </message>
    <message>
        <source>{program} ended without its times: {error}</source>
        <translation>{program} endete ohne seine Zeiten: {error}</translation>
    </message>
    <message>
        <source>{program} ended without its summary: {error}</source>
        <translation>{program} endete ohne seine Zusammenfassung: {error}</translation>
    </message>
    <message>
        <source>{path}: the format is told by the extension, one of {known}</source>
        <translation>{path}: das Format ergibt sich aus der Endung, einer von {known}</translation>
    </message>
    <message>
        <source>{path}: single trials are written to {one} or {other}</source>
        <translation>{path}: einzelne Versuche werden in {one} oder {other} geschrieben</translation>
    </message>
    <message>
        <source>Parquet needs pyarrow; install it, or pullscope[parquet], or export .csv</source>
        <translation>Parquet braucht pyarrow; installieren Sie es oder pullscope[parquet], oder speichern Sie als .csv</translation>
    </message>
    <message>
        <source>chunk sizes</source>
        <translation>Chunk-Größen</translation>
    </message>
    <message>
        <source>destinations</source>
        <translation>Ziele</translation>
    </message>
    <message>
        <source>drivers</source>
        <translation>Programme</translation>
    </message>
    <message>
        <source>the sweep would receive {received}, more than the {most} allowed</source>
        <translation>die Messreihe würde {received} empfangen, mehr als die erlaubten {most}</translation>
    </message>
    <message>
        <source>{trials} trials are more than {most}</source>
        <translation>{trials} Versuche sind mehr als {most}</translation>
    </message>
    <message>
        <source>{trials} trials of each setting are more than {most}</source>
        <translation>{trials} Versuche jeder Einstellung sind mehr als {most}</translation>
    </message>
    <message>
        <source>{text!r} is not a destination; write it as tmpfs=/dev/shm/x</source>
        <translation>{text!r} ist kein Ziel; schreiben Sie es als tmpfs=/dev/shm/x</translation>
    </message>
    <message>
        <source>two destinations have the same name</source>
        <translation>zwei Ziele haben denselben Namen</translation>
    </message>
    <message>
        <source>{reference} has no layers to pull</source>
        <translation>{reference} hat keine Layer, die sich laden ließen</translation>
    </message>
    <message>
        <source>each setting must be tried at least once</source>
        <translation>jede Einstellung muss mindestens einmal versucht werden</translation>
    </message>
    <message>
        <source>a sweep needs {what}</source>
        <translation>eine Messreihe braucht {what}</translation>
    </message>
    <message>
        <source>one of the {what} is given twice</source>
        <translation>{what}: eine Angabe steht zweimal da</translation>
    </message>
    <message>
        <source>there is no driver {name}</source>
        <translation>es gibt kein Programm {name}</translation>
    </message>
    <message>
        <source>the next trial would exceed the bytes allowed</source>
        <translation>der nächste Versuch überschritte die erlaubten Bytes</translation>
    </message>
    <message>
        <source>{trials} trials in a row failed: {error}</source>
        <translation>{trials} Versuche nacheinander schlugen fehl: {error}</translation>
    </message>
    <message>
        <source>its version is {version!r}, not a number</source>
        <translation>ihre Version ist {version!r}, keine Zahl</translation>
    </message>
    <message>
        <source>it is of version 1, as a file without a version is, and has no place for these settings</source>
        <translation>sie ist von Version 1, wie eine Datei ohne Version, und hat keinen Platz für diese Einstellungen</translation>
    </message>
    <message>
        <source>`containerd config migrate` makes a newer one of it</source>
        <translation>`containerd config migrate` macht eine neuere daraus</translation>
    </message>
    <message>
        <source>it holds no JSON object</source>
        <translation>sie enthält kein JSON-Objekt</translation>
    </message>
    <message>
        <source>it cannot be changed without changing something else</source>
        <translation>sie lässt sich nicht ändern, ohne dass sich anderes ändert</translation>
    </message>
    <message>
        <source>it is not JSON: {error}</source>
        <translation>sie ist kein JSON: {error}</translation>
    </message>
    <message>
        <source>{name!r} is there twice</source>
        <translation>{name!r} steht zweimal da</translation>
    </message>
    <message>
        <source>{settings} cannot be set in it without changing something else</source>
        <translation>{settings} lässt sich darin nicht setzen, ohne dass sich anderes ändert</translation>
    </message>
    <message>
        <source>it is not TOML: {error}</source>
        <translation>sie ist kein TOML: {error}</translation>
    </message>
    <message>
        <source>{name} is not a table</source>
        <translation>{name} ist keine Tabelle</translation>
    </message>
    <message>
        <source>it cannot be changed: {error}</source>
        <translation>sie lässt sich nicht ändern: {error}</translation>
    </message>
    <message>
        <source>there are too many copies of it</source>
        <translation>es gibt zu viele Kopien davon</translation>
    </message>
    <message>
        <source>{path}: it is larger than {most} bytes</source>
        <translation>{path}: größer als {most} Byte</translation>
    </message>
    <message>
        <source>{path}: it has changed meanwhile</source>
        <translation>{path}: inzwischen geändert</translation>
    </message>
    <message>
        <source>{path}: it is not UTF-8</source>
        <translation>{path}: kein UTF-8</translation>
    </message>
    <message>
        <source>{path}: it cannot be written: {error}</source>
        <translation>{path}: nicht zu schreiben: {error}</translation>
    </message>
    <message>
        <source>there is no sweep {number}</source>
        <translation>es gibt keine Messreihe {number}</translation>
    </message>
    <message>
        <source>another program is running sweep {number}</source>
        <translation>ein anderes Programm führt Messreihe {number} gerade aus</translation>
    </message>
    <message>
        <source>sweep {number}: its plan is damaged</source>
        <translation>Messreihe {number}: ihr Plan ist beschädigt</translation>
    </message>
    <message>
        <source>{path}: there is no folder {folder}</source>
        <translation>{path}: es gibt keinen Ordner {folder}</translation>
    </message>
    <message>
        <source>{folder}: a trial needs {needed}, {free} are free</source>
        <translation>{folder}: ein Versuch braucht {needed}, frei sind {free}</translation>
    </message>
    <message>
        <source>{path}: a trace&apos;s format is told by its extension, one of {known}</source>
        <translation>{path}: das Format eines Traces ergibt sich aus der Endung, einer von {known}</translation>
    </message>
    <message>
        <source>{path}: is a folder</source>
        <translation>{path}: ist ein Ordner</translation>
    </message>
    <message>
        <source>{value} is not a number</source>
        <translation>{value} ist keine Zahl</translation>
    </message>
    <message>
        <source>not a JSON object</source>
        <translation>kein JSON-Objekt</translation>
    </message>
    <message>
        <source>not a Pullscope trace: there is no &quot;format&quot;: &quot;{format}&quot;</source>
        <translation>kein Trace von Pullscope: es fehlt &quot;format&quot;: &quot;{format}&quot;</translation>
    </message>
    <message>
        <source>version {version!r} is unknown; this program reads version {known}</source>
        <translation>Version {version!r} ist unbekannt; dieses Programm liest Version {known}</translation>
    </message>
    <message>
        <source>there is no &quot;{name}&quot;</source>
        <translation>es fehlt &quot;{name}&quot;</translation>
    </message>
    <message>
        <source>{value} is not a whole number</source>
        <translation>{value} ist keine ganze Zahl</translation>
    </message>
    <message>
        <source>{value} is too large</source>
        <translation>{value} ist zu groß</translation>
    </message>
    <message>
        <source>{value} is not a text</source>
        <translation>{value} ist kein Text</translation>
    </message>
    <message>
        <source>{value} is not an object</source>
        <translation>{value} ist kein Objekt</translation>
    </message>
    <message>
        <source>{value} is not a list</source>
        <translation>{value} ist keine Liste</translation>
    </message>
    <message>
        <source>{path}, line {number}: {error}</source>
        <translation>{path}, Zeile {number}: {error}</translation>
    </message>
    <message>
        <source>{path}, line {number}: the compressed data is damaged</source>
        <translation>{path}, Zeile {number}: die komprimierten Daten sind beschädigt</translation>
    </message>
    <message>
        <source>not JSON: {error}, at character {position}</source>
        <translation>kein JSON: {error}, an Zeichen {position}</translation>
    </message>
    <message>
        <source>not JSON: {error}</source>
        <translation>kein JSON: {error}</translation>
    </message>
    <message>
        <source>{value} is not the state of a pull</source>
        <translation>{value} ist kein Zustand eines Pulls</translation>
    </message>
    <message>
        <source>too long</source>
        <translation>zu lang</translation>
    </message>
    <message>
        <source>&quot;{name}&quot;: {error}</source>
        <translation>&quot;{name}&quot;: {error}</translation>
    </message>
    <message>
        <source>chunk {chunk} asks for bytes that layer {layer} does not have</source>
        <translation>Chunk {chunk} verlangt Bytes, die Layer {layer} nicht hat</translation>
    </message>
    <message>
        <source>chunk {chunk} brought bytes that layer {layer} does not have</source>
        <translation>Chunk {chunk} brachte Bytes, die Layer {layer} nicht hat</translation>
    </message>
    <message>
        <source>{kept} bytes are kept of a layer of {size}</source>
        <translation>von einem Layer mit {size} Byte sind {kept} Byte behalten</translation>
    </message>
    <message>
        <source>layer {layer} got more bytes than it has</source>
        <translation>Layer {layer} bekam mehr Bytes, als er hat</translation>
    </message>
    <message>
        <source>an event at {at:.3f} s is about layer {layer} of {layers}</source>
        <translation>ein Ereignis bei {at:.3f} s betrifft Layer {layer} von {layers}</translation>
    </message>
    <message>
        <source>no image has such layers</source>
        <translation>kein Image hat solche Layer</translation>
    </message>
    <message>
        <source>{lost} did not reach {address}: {error}</source>
        <translation>nicht bei {address} angekommen: {lost} ({error})</translation>
    </message>
    <message>
        <source>1 span</source>
        <translation>1 Span</translation>
    </message>
    <message>
        <source>{number} spans</source>
        <translation>{number} Spans</translation>
    </message>
    <message>
        <source>1 event</source>
        <translation>1 Ereignis</translation>
    </message>
    <message>
        <source>{number} events</source>
        <translation>{number} Ereignisse</translation>
    </message>
    <message>
        <source>the address of a collector begins with http:// or https://</source>
        <translation>die Adresse eines Collectors beginnt mit http:// oder https://</translation>
    </message>
    <message>
        <source>not everything reached {address}: no reply in time</source>
        <translation>nicht alles kam bei {address} an: keine Antwort in der Zeit</translation>
    </message>
    <message>
        <source>{spans} and {events}</source>
        <translation>{spans} und {events}</translation>
    </message>
    <message>
        <source>some metrics</source>
        <translation>einige Metriken</translation>
    </message>
    <message>
        <source>{variable} is not a list of name=value</source>
        <translation>{variable} ist keine Liste von Name=Wert</translation>
    </message>
    <message>
        <source>it rejected {number}</source>
        <translation>er wies {number} ab</translation>
    </message>
    <message>
        <source>it was too slow</source>
        <translation>er war zu langsam</translation>
    </message>
    <message>
        <source>it cannot be asked</source>
        <translation>er lässt sich nicht ansprechen</translation>
    </message>
    <message>
        <source>the disk is too slow for it</source>
        <translation>das Laufwerk ist dafür zu langsam</translation>
    </message>
    <message>
        <source>{error}; what happened is in {path}</source>
        <translation>{error}; was geschah, steht in {path}</translation>
    </message>
    <message>
        <source>general.{name} is {value!r}</source>
        <translation>general.{name} ist {value!r}</translation>
    </message>
    <message>
        <source>it can be 1 to {most}</source>
        <translation>möglich ist 1 bis {most}</translation>
    </message>
    <message>
        <source>{section}: there is no setting {name!r}; there are {names}</source>
        <translation>{section}: es gibt keine Einstellung {name!r}; es gibt {names}</translation>
    </message>
    <message>
        <source>it can be {choices}</source>
        <translation>möglich ist {choices}</translation>
    </message>
    <message>
        <source>it can be true or false</source>
        <translation>möglich ist true oder false</translation>
    </message>
    <message>
        <source>it is a text</source>
        <translation>es ist ein Text</translation>
    </message>
    <message>
        <source>connections wait for it {0} of the time</source>
        <translation>Verbindungen warten {0} der Zeit darauf</translation>
    </message>
    <message>
        <source>Limited by the time to the first byte</source>
        <translation>Von der Zeit bis zum ersten Byte begrenzt</translation>
    </message>
    <message>
        <source>Limited by checking digests</source>
        <translation>Vom Prüfen der Digests begrenzt</translation>
    </message>
    <message>
        <source>it keeps {0:.1f} of {1} processors busy</source>
        <translation>es beschäftigt {0:.1f} von {1} Prozessoren</translation>
    </message>
    <message>
        <source>Nothing but the last chunks on their way</source>
        <translation>Nur noch die letzten Chunks unterwegs</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
    <message>
        <source>for {0} of {1}</source>
        <translation>während {0} von {1}</translation>
    </message>
    <message>
        <source>No single limit stands out</source>
        <translation>Keine einzelne Grenze ragt heraus</translation>
    </message>
    <message>
        <source>the network {0}, the disk {1} of the time</source>
        <translation>das Netz {0}, die Platte {1} der Zeit</translation>
    </message>
    <message>
        <source>Waiting for the manifest</source>
        <translation>Wartet auf das Manifest</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pausiert</translation>
    </message>
    <message>
        <source>{0} connections bring {1}, {2} brought {3}</source>
        <translation>{0} Verbindungen bringen {1}, {2} brachten {3}</translation>
    </message>
    <message>
        <source>Limited by the registry: {0} per connection</source>
        <translation>Von der Registry begrenzt: {0} je Verbindung</translation>
    </message>
    <message>
        <source>{0} of {1} connections at their cap</source>
        <translation>{0} von {1} Verbindungen an ihrer Grenze</translation>
    </message>
    <message>
        <source>more connections would help</source>
        <translation>mehr Verbindungen würden helfen</translation>
    </message>
    <message>
        <source>more parallelism would help</source>
        <translation>mehr Parallelität würde helfen</translation>
    </message>
    <message>
        <source>Limited by the registry or the link: {0} in all</source>
        <translation>Von Registry oder Leitung begrenzt: {0} im Ganzen</translation>
    </message>
    <message>
        <source>more would not help</source>
        <translation>mehr würde nicht helfen</translation>
    </message>
    <message>
        <source>Limited by the registry or the link</source>
        <translation>Von Registry oder Leitung begrenzt</translation>
    </message>
    <message>
        <source>{0} connections, {1} each</source>
        <translation>{0} Verbindungen, je {1}</translation>
    </message>
    <message>
        <source>more or fewer would tell which</source>
        <translation>mehr oder weniger würden zeigen, wovon</translation>
    </message>
    <message>
        <source>larger chunks would help</source>
        <translation>größere Chunks würden helfen</translation>
    </message>
    <message>
        <source>The registry refuses requests: {0}</source>
        <translation>Die Registry weist Anfragen ab: {0}</translation>
    </message>
    <message>
        <source>{0} of {1} refused, {2} chunks wait</source>
        <translation>{0} von {1} abgewiesen, {2} Chunks warten</translation>
    </message>
    <message>
        <source>fewer connections or a request limit would help</source>
        <translation>weniger Verbindungen oder eine Grenze für Anfragen würden helfen</translation>
    </message>
    <message>
        <source>Requests fail: {0}</source>
        <translation>Anfragen scheitern: {0}</translation>
    </message>
    <message>
        <source>{0} of {1} failed, {2} chunks wait</source>
        <translation>{0} von {1} gescheitert, {2} Chunks warten</translation>
    </message>
    <message>
        <source>The registry serves layers only whole</source>
        <translation>Die Registry liefert Layer nur im Ganzen</translation>
    </message>
    <message>
        <source>{0} for each of {1} layers</source>
        <translation>{0} für jeden von {1} Layern</translation>
    </message>
    <message>
        <source>Limited by the disk: {0} written</source>
        <translation>Von der Platte begrenzt: {0} geschrieben</translation>
    </message>
    <message>
        <source>another output folder may help</source>
        <translation>ein anderer Ausgabeordner könnte helfen</translation>
    </message>
    <message>
        <source>{0} are still to be hashed</source>
        <translation>{0} sind noch zu hashen</translation>
    </message>
    <message>
        <source>Limited by the disk: layers are made durable</source>
        <translation>Von der Platte begrenzt: Layer werden dauerhaft gemacht</translation>
    </message>
    <message>
        <source>every byte is received and hashed</source>
        <translation>jedes Byte ist empfangen und gehasht</translation>
    </message>
    <message>
        <source>its event loop is busy {0} of the time</source>
        <translation>seine Ereignisschleife ist {0} der Zeit beschäftigt</translation>
    </message>
    <message>
        <source>Limited by this program</source>
        <translation>Von diesem Programm begrenzt</translation>
    </message>
    <message>
        <source>Limited by this computer&apos;s processors</source>
        <translation>Von den Prozessoren dieses Computers begrenzt</translation>
    </message>
    <message>
        <source>{0} busy, {1} of it this program</source>
        <translation>{0} ausgelastet, {1} davon dieses Programm</translation>
    </message>
    <message>
        <source>Limited by your memory limit: {0}</source>
        <translation>Von Ihrer Speichergrenze begrenzt: {0}</translation>
    </message>
    <message>
        <source>{0} connections read in small steps</source>
        <translation>{0} Verbindungen lesen in kleinen Schritten</translation>
    </message>
    <message>
        <source>more memory or fewer connections would help</source>
        <translation>mehr Speicher oder weniger Verbindungen würden helfen</translation>
    </message>
    <message>
        <source>Limited by your rate limit: {0}</source>
        <translation>Von Ihrer Ratengrenze begrenzt: {0}</translation>
    </message>
    <message>
        <source>Limited by your request limit: {0} per second</source>
        <translation>Von Ihrer Grenze für Anfragen begrenzt: {0} pro Sekunde</translation>
    </message>
    <message>
        <source>connections are idle {0} of the time</source>
        <translation>Verbindungen sind {0} der Zeit untätig</translation>
    </message>
    <message>
        <source>Limited by writing as a stream</source>
        <translation>Vom Schreiben als Strom begrenzt</translation>
    </message>
    <message>
        <source>{0} chunks wait in memory for those before them</source>
        <translation>{0} Chunks warten im Speicher auf die vor ihnen</translation>
    </message>
    <message>
        <source>writing in place would help</source>
        <translation>Schreiben an Ort und Stelle würde helfen</translation>
    </message>
    <message>
        <source>Limited by the chunk size: {0}</source>
        <translation>Von der Chunk-Größe begrenzt: {0}</translation>
    </message>
    <message>
        <source>{0} of {1} connections have a chunk</source>
        <translation>{0} von {1} Verbindungen haben einen Chunk</translation>
    </message>
    <message>
        <source>smaller chunks would help</source>
        <translation>kleinere Chunks würden helfen</translation>
    </message>
    <message>
        <source>Nothing but the tail of layer {0}</source>
        <translation>Nur noch das Ende von Layer {0}</translation>
    </message>
    <message>
        <source>{0} of {1} connections at work, {2} left</source>
        <translation>{0} von {1} Verbindungen arbeiten, {2} übrig</translation>
    </message>
    <message>
        <source>Too short to tell what limited it</source>
        <translation>Zu kurz, um zu sagen, was begrenzte</translation>
    </message>
    <message>
        <source>What limits it is not known yet</source>
        <translation>Was begrenzt, ist noch nicht bekannt</translation>
    </message>
    <message>
        <source>measuring</source>
        <translation>misst</translation>
    </message>
    <message>
        <source>more layers at once may help</source>
        <translation>mehr Layer zugleich könnten helfen</translation>
    </message>
    <message>
        <source>fewer connections may help</source>
        <translation>weniger Verbindungen könnten helfen</translation>
    </message>
    <message>
        <source>more layers at once would help</source>
        <translation>mehr Layer zugleich würden helfen</translation>
    </message>
    <message>
        <source>smaller chunks shorten the tail</source>
        <translation>kleinere Chunks verkürzen das Ende</translation>
    </message>
    <message>
        <source>whole layers</source>
        <translation>ganze Layer</translation>
    </message>
    <message>
        <source>{pattern!r} is neither a host nor *.DOMAIN nor *</source>
        <translation>{pattern!r} ist weder ein Host noch *.DOMAIN noch *</translation>
    </message>
    <message>
        <source>{value!r} is not a whole number; write it as 16777216 or &quot;16MiB&quot;</source>
        <translation>{value!r} ist keine ganze Zahl; schreiben Sie sie als 16777216 oder &quot;16MiB&quot;</translation>
    </message>
    <message>
        <source>its version is {version!r}; it should be {known}</source>
        <translation>ihre Version ist {version!r}; es sollte {known} sein</translation>
    </message>
    <message>
        <source>it is of version {version}, from a newer Pullscope; this one knows {known}</source>
        <translation>sie ist von Version {version}, von einem neueren Pullscope; dieses kennt {known}</translation>
    </message>
    <message>
        <source>{value!r} is not a whole number</source>
        <translation>{value!r} ist keine ganze Zahl</translation>
    </message>
    <message>
        <source>{pattern}: {error}</source>
        <translation>{pattern}: {error}</translation>
    </message>
    <message>
        <source>it is not UTF-8</source>
        <translation>sie ist kein UTF-8</translation>
    </message>
    <message>
        <source>{pattern}.{name}: a host with dots needs quotes around it</source>
        <translation>{pattern}.{name}: ein Host mit Punkten braucht Anführungszeichen</translation>
    </message>
    <message>
        <source>it could not be copied to {copy}: {error}</source>
        <translation>sie ließ sich nicht nach {copy} kopieren: {error}</translation>
    </message>
    <message>
        <source>it was not written: {error}</source>
        <translation>sie wurde nicht geschrieben: {error}</translation>
    </message>
    <message>
        <source>it cannot be read</source>
        <translation>sie ist nicht lesbar</translation>
    </message>
    <message>
        <source>{pattern}: {name}: {error}</source>
        <translation>{pattern}: {name}: {error}</translation>
    </message>
</context>
<context>
    <name>passport</name>
    <message>
        <source>served</source>
        <translation>bedient</translation>
    </message>
    <message>
        <source>merged into one</source>
        <translation>zu einem verbunden</translation>
    </message>
    <message>
        <source>ignored</source>
        <translation>übergangen</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>abgewiesen</translation>
    </message>
    <message>
        <source>answered wrongly</source>
        <translation>falsch beantwortet</translation>
    </message>
    <message>
        <source>not always served</source>
        <translation>nicht immer bedient</translation>
    </message>
    <message>
        <source>layers come in parts, over several connections</source>
        <translation>Layer kommen in Teilen, über mehrere Verbindungen</translation>
    </message>
    <message>
        <source>every layer comes whole, over one connection</source>
        <translation>jeder Layer kommt im Ganzen, über eine Verbindung</translation>
    </message>
    <message>
        <source>every layer is asked for whole, over one connection</source>
        <translation>jeder Layer wird im Ganzen angefordert, über eine Verbindung</translation>
    </message>
    <message>
        <source>the parts cannot be relied on: every layer is asked for whole</source>
        <translation>auf die Teile ist kein Verlass: jeder Layer wird im Ganzen angefordert</translation>
    </message>
    <message>
        <source>a pull tries one range first, and takes a layer whole where it must</source>
        <translation>ein Pull versucht zuerst einen Bereich und nimmt einen Layer im Ganzen, wo er muss</translation>
    </message>
    <message>
        <source>runtimes that ask to the end of the layer get what they ask for</source>
        <translation>Laufzeiten, die bis zum Ende des Layers fragen, bekommen, was sie verlangen</translation>
    </message>
    <message>
        <source>runtimes that ask to the end of the layer get all of it</source>
        <translation>Laufzeiten, die bis zum Ende des Layers fragen, bekommen alles von ihm</translation>
    </message>
    <message>
        <source>runtimes that ask to the end of the layer fail here</source>
        <translation>Laufzeiten, die bis zum Ende des Layers fragen, scheitern hier</translation>
    </message>
    <message>
        <source>runtimes that ask to the end of the layer get other bytes</source>
        <translation>Laufzeiten, die bis zum Ende des Layers fragen, bekommen andere Bytes</translation>
    </message>
    <message>
        <source>lazy readers can ask for scattered bytes at once</source>
        <translation>wer nach Bedarf liest, kann verstreute Bytes auf einmal verlangen</translation>
    </message>
    <message>
        <source>lazy readers get one range that covers all</source>
        <translation>wer nach Bedarf liest, bekommt einen Bereich, der alles umfasst</translation>
    </message>
    <message>
        <source>lazy readers that ask so get the whole layer</source>
        <translation>wer nach Bedarf liest und so fragt, bekommt den ganzen Layer</translation>
    </message>
    <message>
        <source>lazy readers must ask for one range at a time</source>
        <translation>wer nach Bedarf liest, muss einen Bereich nach dem anderen verlangen</translation>
    </message>
    <message>
        <source>Closed range</source>
        <translation>Geschlossener Bereich</translation>
    </message>
    <message>
        <source>Open range</source>
        <translation>Offener Bereich</translation>
    </message>
    <message>
        <source>Several ranges</source>
        <translation>Mehrere Bereiche</translation>
    </message>
    <message>
        <source>closed and open</source>
        <translation>geschlossen, offen</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>geschlossen</translation>
    </message>
    <message>
        <source>Ranges</source>
        <translation>Bereiche</translation>
    </message>
    <message>
        <source>not known yet</source>
        <translation>noch nicht bekannt</translation>
    </message>
    <message>
        <source>Redirect</source>
        <translation>Umleitung</translation>
    </message>
    <message>
        <source>First byte</source>
        <translation>Erstes Byte</translation>
    </message>
    <message>
        <source>Quota</source>
        <translation>Kontingent</translation>
    </message>
    <message>
        <source>should be 416: who resumes a finished layer is not told so</source>
        <translation>sollte 416 sein: wer einen fertigen Layer fortsetzt, erfährt es nicht</translation>
    </message>
    <message>
        <source>as it should be, and it names the size</source>
        <translation>wie es sein soll, und die Größe wird genannt</translation>
    </message>
    <message>
        <source>as it should be, but it does not name the size</source>
        <translation>wie es sein soll, aber die Größe wird nicht genannt</translation>
    </message>
    <message>
        <source>Beyond the end</source>
        <translation>Hinter dem Ende</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>the registry sends the bytes itself</source>
        <translation>die Registry sendet die Bytes selbst</translation>
    </message>
    <message>
        <source>to another host</source>
        <translation>zu einem anderen Host</translation>
    </message>
    <message>
        <source>the link does not say how long it is good for</source>
        <translation>der Link sagt nicht, wie lange er gilt</translation>
    </message>
    <message>
        <source>the link is good for {0} and used for all chunks of a layer meanwhile</source>
        <translation>der Link gilt {0} und dient so lange für alle Chunks eines Layers</translation>
    </message>
    <message>
        <source>{0}; {1} offered</source>
        <translation>{0}; {1} angeboten</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>what the bytes came by, and what there is</source>
        <translation>womit die Bytes kamen, und was es gibt</translation>
    </message>
    <message>
        <source>what the bytes came by</source>
        <translation>womit die Bytes kamen</translation>
    </message>
    <message>
        <source>every chunk needs a new connection: large chunks cost less</source>
        <translation>jeder Chunk braucht eine neue Verbindung: große Chunks kosten weniger</translation>
    </message>
    <message>
        <source>Keep-alive</source>
        <translation>Keep-alive</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>yes, {0} idle</source>
        <translation>ja, {0} untätig</translation>
    </message>
    <message>
        <source>a connection serves one chunk after the other</source>
        <translation>eine Verbindung bedient einen Chunk nach dem anderen</translation>
    </message>
    <message>
        <source>the wait that each chunk costs: large chunks hide it</source>
        <translation>die Wartezeit, die jeder Chunk kostet: große Chunks verbergen sie</translation>
    </message>
    <message>
        <source>{0} median</source>
        <translation>{0} im Median</translation>
    </message>
    <message>
        <source>a longer pull renews its token by the way</source>
        <translation>ein längerer Pull erneuert sein Token nebenbei</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>asking whether a tag has changed spends no quota</source>
        <translation>zu fragen, ob ein Tag sich geändert hat, kostet kein Kontingent</translation>
    </message>
    <message>
        <source>HEAD of manifests</source>
        <translation>HEAD von Manifesten</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>beantwortet</translation>
    </message>
    <message>
        <source>whether a tag has changed costs a GET</source>
        <translation>ob ein Tag sich geändert hat, kostet ein GET</translation>
    </message>
    <message>
        <source>not answered</source>
        <translation>nicht beantwortet</translation>
    </message>
    <message>
        <source>none told</source>
        <translation>keins genannt</translation>
    </message>
    <message>
        <source>{0} in all</source>
        <translation>{0} im Ganzen</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>{0} übrig</translation>
    </message>
    <message>
        <source>{0} of {1} left</source>
        <translation>{0} von {1} übrig</translation>
    </message>
    <message>
        <source>GETs of manifests</source>
        <translation>GETs von Manifesten</translation>
    </message>
    <message>
        <source>in {0}</source>
        <translation>in {0}</translation>
    </message>
    <message>
        <source>counted for {0}</source>
        <translation>gezählt für {0}</translation>
    </message>
    <message>
        <source>{0} manifest GETs</source>
        <translation>{0} Manifest-GETs</translation>
    </message>
    <message>
        <source>1 manifest GET</source>
        <translation>1 Manifest-GET</translation>
    </message>
    <message>
        <source>Spent</source>
        <translation>Verbraucht</translation>
    </message>
    <message>
        <source>by the newest pull or probe</source>
        <translation>vom neuesten Pull oder der neuesten Prüfung</translation>
    </message>
</context>
<context>
    <name>presets</name>
    <message>
        <source>Careful</source>
        <translation>Behutsam</translation>
    </message>
    <message>
        <source>Few connections and little memory: for a shared link or a registry that counts requests</source>
        <translation>Wenige Verbindungen und wenig Speicher: für eine geteilte Leitung oder eine Registry, die Anfragen zählt</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>Right for most registries and links</source>
        <translation>Richtig für die meisten Registrys und Leitungen</translation>
    </message>
    <message>
        <source>Fast link</source>
        <translation>Schnelle Leitung</translation>
    </message>
    <message>
        <source>Many large chunks: for object storage behind a wide link</source>
        <translation>Viele große Chunks: für Objektspeicher hinter einer breiten Leitung</translation>
    </message>
    <message>
        <source>containerd, sequential</source>
        <translation>containerd, sequenziell</translation>
    </message>
    <message>
        <source>One request for each whole layer, three at once: what containerd does untold</source>
        <translation>Eine Anfrage für jeden ganzen Layer, drei zugleich: was containerd ungefragt tut</translation>
    </message>
    <message>
        <source>containerd, multipart</source>
        <translation>containerd, mehrteilig</translation>
    </message>
    <message>
        <source>As with max_concurrent_downloads 8 and concurrent_layer_fetch_buffer 8 MiB</source>
        <translation>Wie mit max_concurrent_downloads 8 und concurrent_layer_fetch_buffer 8 MiB</translation>
    </message>
    <message>
        <source>In place</source>
        <translation>An Ort und Stelle</translation>
    </message>
    <message>
        <source>As containerd, multipart, but each chunk is written at once, where it belongs</source>
        <translation>Wie containerd, mehrteilig, aber jeder Chunk wird sofort geschrieben, wohin er gehört</translation>
    </message>
</context>
<context>
    <name>runtimes</name>
    <message>
        <source>The form of the file, for every containerd 2.</source>
        <translation>Die Form der Datei, für jedes containerd 2.</translation>
    </message>
    <message>
        <source>Requests at once, of all layers and all pulls together, manifests included (default 3). There is no limit for layers: every layer may have as many.</source>
        <translation>Anfragen zugleich, von allen Layern und allen Pulls zusammen, auch für Manifeste (Vorgabe 3). Für Layer gibt es keine Grenze: jeder darf so viele haben.</translation>
    </message>
    <message>
        <source>Any other value makes CRI pull by itself, past the transfer service and its settings, with a warning in the log alone.</source>
        <translation>Bei jedem anderen Wert holt CRI selbst, am Transferdienst und dessen Einstellungen vorbei; nur das Protokoll warnt davor.</translation>
    </message>
    <message>
        <source>Bytes of a request for a part of a layer (default 0, whole layers).</source>
        <translation>Bytes einer Anfrage nach einem Teil eines Layers (Vorgabe 0, ganze Layer).</translation>
    </message>
    <message>
        <source>Layers are fetched whole.</source>
        <translation>Layer werden im Ganzen geholt.</translation>
    </message>
    <message>
        <source>{0} x {1} connections x {2}, for a chunk that comes and one that waits for its turn. It is no bound: where one is late, or the disk slower than the network, more wait, up to the whole layer</source>
        <translation>{0} x {1} Verbindungen x {2}, für einen Chunk, der kommt, und einen, der wartet, bis er an der Reihe ist. Eine Grenze ist das nicht: verspätet sich einer, oder ist der Datenträger langsamer als das Netz, warten mehr, bis zum ganzen Layer</translation>
    </message>
    <message>
        <source>{0} layers x {1} of buffers</source>
        <translation>{0} Layer x {1} an Puffern</translation>
    </message>
    <message>
        <source>containerd 2.1 and newer know these settings; older ones ignore concurrent_layer_fetch_buffer.</source>
        <translation>containerd kennt diese Einstellungen ab 2.1; ältere übergehen concurrent_layer_fetch_buffer.</translation>
    </message>
    <message>
        <source>It joins a layer&apos;s chunks in their order; Pullscope pulls so with --write stream.</source>
        <translation>Es fügt die Chunks eines Layers der Reihe nach zusammen; so holt Pullscope mit --write stream.</translation>
    </message>
    <message>
        <source>containerd asks for all bytes from a chunk&apos;s start on and hangs up at its end: each chunk takes a new connection, and some bytes come for nothing. Larger chunks waste less.</source>
        <translation>containerd fragt nach allen Bytes ab dem Anfang eines Chunks und bricht an dessen Ende ab: jeder Chunk braucht eine neue Verbindung, und einige Bytes kommen umsonst. Größere Chunks verschwenden weniger.</translation>
    </message>
    <message>
        <source>containerd repeats a request that a registry refused with 429 at once, without the wait that it was told. Stay below what the registry allows.</source>
        <translation>Eine Anfrage, die eine Registry mit 429 ablehnt, wiederholt containerd sofort und wartet nicht so lange wie verlangt. Bleiben Sie unter dem, was die Registry erlaubt.</translation>
    </message>
    <message>
        <source>kubelet pulls one image at a time, unless its serializeImagePulls is false; then the limit is shared by all of them.</source>
        <translation>kubelet holt ein Image nach dem anderen, außer wenn serializeImagePulls dort false ist; dann teilen sich alle die Grenze.</translation>
    </message>
    <message>
        <source>CRI pulls by itself because of {0}; the settings of the transfer service would count for nothing there. So they are set where CRI reads them, and not for ctr and nerdctl.</source>
        <translation>CRI holt selbst, wegen {0}; die Einstellungen des Transferdienstes gälten dort nicht. Darum stehen sie da, wo CRI sie liest, und nicht für ctr und nerdctl.</translation>
    </message>
    <message>
        <source>The file is of version 2, as those of containerd 1 are: containerd 1 splits no layer. containerd 2.1 or newer reads the file as it is.</source>
        <translation>Die Datei hat Version 2, wie die von containerd 1, und containerd 1 teilt keinen Layer. Ab 2.1 liest containerd die Datei, wie sie ist.</translation>
    </message>
    <message>
        <source>The file is of version {0}; what is known here ends at {1}.</source>
        <translation>Die Datei hat Version {0}; bekannt ist hier höchstens {1}.</translation>
    </message>
    <message>
        <source>disabled_plugins names {0}: without it these settings have no effect.</source>
        <translation>disabled_plugins nennt {0}: ohne das bewirken diese Einstellungen nichts.</translation>
    </message>
    <message>
        <source>The files that it imports are read after it: what they set counts.</source>
        <translation>Die Dateien, die sie einbindet, werden nach ihr gelesen: was dort steht, gilt.</translation>
    </message>
    <message>
        <source>CRI&apos;s snapshotter is {0}. One that fetches layers itself, as soci, stargz and nydus do, has settings of its own.</source>
        <translation>Der Snapshotter von CRI ist {0}. Einer, der Layer selbst holt, wie soci, stargz und nydus, hat eigene Einstellungen.</translation>
    </message>
    <message>
        <source>Layers that are downloaded at once, of all pulls together, each over one connection (default {0}).</source>
        <translation>Layer, die zugleich geladen werden, von allen Pulls zusammen, jeder über eine Verbindung (Vorgabe {0}).</translation>
    </message>
    <message>
        <source>dockerd does not start when the same option is given on its command line too; look at `systemctl cat docker`.</source>
        <translation>dockerd startet nicht, wenn dieselbe Option auch in seiner Befehlszeile steht; siehe `systemctl cat docker`.</translation>
    </message>
    <message>
        <source>{0} layers x {1} of buffers; layers go to files</source>
        <translation>{0} Layer x {1} an Puffern; die Layer kommen in Dateien</translation>
    </message>
    <message>
        <source>This file turns Docker&apos;s containerd image store on; there versions before July 2026 do not hold this limit (moby#46610). `docker info` tells the version.</source>
        <translation>Diese Datei schaltet den Image-Speicher von containerd in Docker ein; dort halten Versionen vor Juli 2026 diese Grenze nicht ein (moby#46610). `docker info` nennt die Version.</translation>
    </message>
    <message>
        <source>Where Docker uses the containerd image store, as new installations do since 29, versions before July 2026 do not hold this limit (moby#46610). `docker info` tells the store and the version.</source>
        <translation>Wo Docker den Image-Speicher von containerd benutzt, wie neue Installationen seit 29, halten Versionen vor Juli 2026 diese Grenze nicht ein (moby#46610). `docker info` nennt Speicher und Version.</translation>
    </message>
    <message>
        <source>{0} fetches each layer over one connection: parallelism and chunk size have no setting there. Expect the time that parallelism 1 took.</source>
        <translation>{0} holt jeden Layer über eine Verbindung: für Parallelität und Chunk-Größe gibt es dort keine Einstellung. Rechnen Sie mit der Zeit, die Parallelität 1 brauchte.</translation>
    </message>
    <message>
        <source>Layers that are copied at once, of one pull, each over one connection (default {0}). Pushes take it too.</source>
        <translation>Layer, die zugleich kopiert werden, von einem Pull, jeder über eine Verbindung (Vorgabe {0}). Es gilt auch für Pushes.</translation>
    </message>
    <message>
        <source>Files in /etc/containers/containers.conf.d and in ~/.config/containers are read after it: what they set counts.</source>
        <translation>Dateien in /etc/containers/containers.conf.d und in ~/.config/containers werden danach gelesen: was dort steht, gilt.</translation>
    </message>
    <message>
        <source>[{0}] {1} has no effect: podman reads it in [engine] alone.</source>
        <translation>[{0}] {1} bewirkt nichts: podman liest es nur in [engine].</translation>
    </message>
    <message>
        <source>{0} layers x {1} of buffers and decompression</source>
        <translation>{0} Layer x {1} für Puffer und Entpacken</translation>
    </message>
    <message>
        <source>{0} connections x {1} of buffers for each image that is pulled at once; chunks go to a file of the layer&apos;s size</source>
        <translation>{0} Verbindungen x {1} an Puffern für jedes Image, das zugleich geholt wird; Chunks kommen in eine Datei von der Größe des Layers</translation>
    </message>
    <message>
        <source>Layers are fetched and unpacked before the start, in parallel, not on demand.</source>
        <translation>Layer werden vor dem Start geholt und entpackt, nebeneinander und nicht erst bei Bedarf.</translation>
    </message>
    <message>
        <source>Requests at once for one image, of all its layers together (default 3).</source>
        <translation>Anfragen zugleich für ein Image, von all seinen Layern zusammen (Vorgabe 3).</translation>
    </message>
    <message>
        <source>Bytes of a request, 1 mb being 1 MiB (default empty, a whole layer).</source>
        <translation>Bytes einer Anfrage, 1 mb ist 1 MiB (Vorgabe leer, ein ganzer Layer).</translation>
    </message>
    <message>
        <source>Requests at once for all images; SOCI does not start when one image may have more (default -1, no limit).</source>
        <translation>Anfragen zugleich für alle Images; SOCI startet nicht, wenn ein Image mehr haben darf (Vorgabe -1, keine Grenze).</translation>
    </message>
    <message>
        <source>Where layers are kept. SOCI does not start in this mode with a store of its own, unless it discards layers.</source>
        <translation>Wo Layer liegen. In dieser Betriebsart startet SOCI nicht mit einem eigenen Speicher, außer wenn es Layer verwirft.</translation>
    </message>
    <message>
        <source>The mode is there from SOCI 0.11 on. containerd must use the snapshotter: proxy_plugins.soci, snapshotter = &quot;soci&quot; and disable_snapshot_annotations = false in its configuration.</source>
        <translation>Die Betriebsart gibt es ab SOCI 0.11. containerd muss den Snapshotter benutzen: proxy_plugins.soci, snapshotter = &quot;soci&quot; und disable_snapshot_annotations = false in seiner Konfiguration.</translation>
    </message>
    <message>
        <source>Unpacking has limits of its own, max_concurrent_unpacks and max_concurrent_unpacks_per_image (default 1), which a pull does not measure.</source>
        <translation>Das Entpacken hat eigene Grenzen, max_concurrent_unpacks und max_concurrent_unpacks_per_image (Vorgabe 1), die ein Pull nicht misst.</translation>
    </message>
    <message>
        <source>On a disk that takes less than 600 MiB/s this mode may be slower than containerd alone.</source>
        <translation>Auf einem Datenträger, der weniger als 600 MiB/s aufnimmt, kann diese Betriebsart langsamer sein als containerd allein.</translation>
    </message>
    <message>
        <source>content_store.type is {0}: in parallel mode SOCI does not start with it, unless discard_unpacked_layers is true; containerd would do.</source>
        <translation>content_store.type ist {0}: damit startet SOCI nicht in dieser Betriebsart, außer wenn discard_unpacked_layers true ist; mit containerd ginge es.</translation>
    </message>
    <message>
        <source>{0} is less than {1}: SOCI does not start.</source>
        <translation>{0} ist kleiner als {1}: SOCI startet nicht.</translation>
    </message>
    <message>
        <source>Layers are fetched whole: one that takes longer than {0} s fails (http.RequestTimeoutMsec).</source>
        <translation>Layer werden im Ganzen geholt: einer, der länger als {0} s braucht, scheitert (http.RequestTimeoutMsec).</translation>
    </message>
</context>
<context>
    <name>sweeps</name>
    <message>
        <source>1 setting is left out, because pulls with it failed.</source>
        <translation>1 Einstellung ist weggelassen, weil Pulls mit ihr fehlschlugen.</translation>
    </message>
    <message>
        <source>{0} settings are left out, because pulls with them failed.</source>
        <translation>{0} Einstellungen sind weggelassen, weil Pulls mit ihnen fehlschlugen.</translation>
    </message>
    <message>
        <source>The sweep is not complete: more trials may change this.</source>
        <translation>Die Messreihe ist nicht vollständig: Weitere Versuche können das ändern.</translation>
    </message>
    <message>
        <source>1 layer</source>
        <translation>1 Layer</translation>
    </message>
    <message>
        <source>{0} layers</source>
        <translation>{0} Layer</translation>
    </message>
    <message>
        <source>parallelism {0}</source>
        <translation>Parallelität {0}</translation>
    </message>
    <message>
        <source>chunks of {0}</source>
        <translation>Chunks von {0}</translation>
    </message>
    <message>
        <source>whole layers</source>
        <translation>ganze Layer</translation>
    </message>
    <message>
        <source>its own settings</source>
        <translation>eigene Einstellungen</translation>
    </message>
    <message>
        <source>no successful trial</source>
        <translation>kein gelungener Versuch</translation>
    </message>
    <message>
        <source>{0} ({1} to {2})</source>
        <translation>{0} ({1} bis {2})</translation>
    </message>
    <message>
        <source>It is the fastest: {0}.</source>
        <translation>Sie ist die schnellste: {0}.</translation>
    </message>
    <message>
        <source>It takes {0}, which these trials cannot tell from the fastest: {1} with {2}.</source>
        <translation>Sie braucht {0}, was diese Versuche nicht von der schnellsten unterscheiden können: {1} mit {2}.</translation>
    </message>
    <message>
        <source>It takes {0}, hardly slower than the fastest: {1} with {2}.</source>
        <translation>Sie braucht {0}, kaum langsamer als die schnellste: {1} mit {2}.</translation>
    </message>
    <message>
        <source>No other setting is as fast.</source>
        <translation>Keine andere Einstellung ist so schnell.</translation>
    </message>
    <message>
        <source>Another setting is as fast, but with {0} connections instead of {1}.</source>
        <translation>Eine andere Einstellung ist so schnell, aber mit {0} Verbindungen statt {1}.</translation>
    </message>
    <message>
        <source>{2} others are as fast, but with at least {0} connections instead of {1}.</source>
        <translation>{2} andere sind so schnell, aber mit mindestens {0} Verbindungen statt {1}.</translation>
    </message>
    <message>
        <source>Of the {0} that are as fast with {1} connections it needs the least memory.</source>
        <translation>Von den {0}, die mit {1} Verbindungen so schnell sind, braucht sie am wenigsten Speicher.</translation>
    </message>
    <message>
        <source>Of the {0} that are as fast with {1} connections it needs the least memory and requests.</source>
        <translation>Von den {0}, die mit {1} Verbindungen so schnell sind, braucht sie am wenigsten Speicher und Anfragen.</translation>
    </message>
    <message>
        <source>Too few controls to tell how noisy this sweep was: {0} of at least {1}.</source>
        <translation>Zu wenige Kontrollen, um zu sagen, wie unruhig diese Messreihe war: {0} von mindestens {1}.</translation>
    </message>
    <message>
        <source>The sweep was disturbed: its control became {0:.0%} slower in the later half. Times are corrected by the controls around them, and left out where those differ.</source>
        <translation>Die Messreihe wurde gestört: Ihre Kontrolle wurde in der zweiten Hälfte {0:.0%} langsamer. Zeiten sind nach den Kontrollen um sie herum berichtigt und weggelassen, wo diese sich unterscheiden.</translation>
    </message>
    <message>
        <source>The sweep was disturbed: its control became {0:.0%} faster in the later half. Times are corrected by the controls around them, and left out where those differ.</source>
        <translation>Die Messreihe wurde gestört: Ihre Kontrolle wurde in der zweiten Hälfte {0:.0%} schneller. Zeiten sind nach den Kontrollen um sie herum berichtigt und weggelassen, wo diese sich unterscheiden.</translation>
    </message>
    <message>
        <source>Too noisy: the times of one and the same setting spread by {0:.0%}. Differences smaller than that mean nothing; sweep again on a quieter machine, or with more repeats.</source>
        <translation>Zu unruhig: Die Zeiten ein und derselben Einstellung streuen um {0:.0%}. Kleinere Unterschiede bedeuten nichts; messen Sie noch einmal auf einem ruhigeren Rechner oder mit mehr Wiederholungen.</translation>
    </message>
    <message>
        <source>Steady: the times of one and the same setting spread by {0:.1%} and drifted by {1:+.1%}.</source>
        <translation>Ruhig: Die Zeiten ein und derselben Einstellung streuen um {0:.1%} und änderten sich um {1:+.1%}.</translation>
    </message>
    <message>
        <source>Pulls the layers alone, from registries that ask for no token; their addresses are looked up before its time begins. At most 16 connections per layer; pieces are of 1 MiB.</source>
        <translation>Holt nur die Layer, von Registrys, die kein Token verlangen; ihre Adressen werden gesucht, bevor seine Zeit beginnt. Höchstens 16 Verbindungen je Layer; die Stücke haben 1 MiB.</translation>
    </message>
    <message>
        <source>One stream per layer, four layers at once. It has no setting that a sweep could vary.</source>
        <translation>Ein Strom je Layer, vier Layer zugleich. Es hat keine Einstellung, die eine Messreihe ändern könnte.</translation>
    </message>
    <message>
        <source>It also unpacks the layers, which the others leave to whoever starts the container; its network time is known where it unpacks afterwards, which is before containerd 2.1. From then on its parallelism is that of all layers together.</source>
        <translation>Es entpackt die Layer auch, was die anderen dem überlassen, der den Container startet; seine Netzzeit ist bekannt, wo es danach entpackt, also vor containerd 2.1. Ab da ist seine Parallelität die aller Layer zusammen.</translation>
    </message>
    <message>
        <source>One stream per layer. It keeps no blobs: each layer is unpacked as it comes, which the others leave to whoever starts the container, so its time holds more work.</source>
        <translation>Ein Strom je Layer. Es behält keine Blobs: jeder Layer wird entpackt, während er kommt, was die anderen dem überlassen, der den Container startet; in seiner Zeit steckt also mehr Arbeit.</translation>
    </message>
    <message>
        <source>Pullscope, with the chunks of a layer joined in order, as containerd does it.</source>
        <translation>Pullscope, das die Chunks eines Layers der Reihe nach aneinanderfügt, wie containerd es tut.</translation>
    </message>
    <message>
        <source>Writes each chunk at once where it belongs, and verifies it as it comes.</source>
        <translation>Schreibt jeden Chunk sofort dorthin, wo er hingehört, und prüft ihn, während er kommt.</translation>
    </message>
    <message>
        <source>One stream per layer, six layers at once; only newer versions can be told how many.</source>
        <translation>Ein Strom je Layer, sechs Layer zugleich; nur neuere Versionen lassen sich sagen, wie viele.</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} bis {1}</translation>
    </message>
    <message>
        <source>whole layer</source>
        <translation>ganzer Layer</translation>
    </message>
    <message>
        <source>{0} ({1})</source>
        <translation>{0} ({1})</translation>
    </message>
    <message>
        <source>{0}: nothing</source>
        <translation>{0}: nichts</translation>
    </message>
    <message>
        <source>{0}: {1}, 95% interval {2}, of {3} trials</source>
        <translation>{0}: {1}, 95%-Intervall {2}, aus {3} Versuchen</translation>
    </message>
    <message>
        <source>the least</source>
        <translation>das Kleinste</translation>
    </message>
    <message>
        <source>recommended</source>
        <translation>empfohlen</translation>
    </message>
    <message>
        <source>frontier</source>
        <translation>Grenze</translation>
    </message>
    <message>
        <source>No trial has ended yet</source>
        <translation>Noch ist kein Versuch zu Ende</translation>
    </message>
    <message>
        <source>{0} over {1} and {2}: from {3} to {4}</source>
        <translation>{0} über {1} und {2}: von {3} bis {4}</translation>
    </message>
    <message>
        <source>PROGRAM</source>
        <translation>PROGRAMM</translation>
    </message>
    <message>
        <source>DESTINATION</source>
        <translation>ZIEL</translation>
    </message>
    <message>
        <source>PARALLELISM</source>
        <translation>PARALLELITÄT</translation>
    </message>
    <message>
        <source>CHUNK SIZE</source>
        <translation>CHUNK-GRÖSSE</translation>
    </message>
    <message>
        <source>LAYERS</source>
        <translation>LAYER</translation>
    </message>
    <message>
        <source>CHOICE</source>
        <translation>AUSWAHL</translation>
    </message>
    <message>
        <source>COUNT</source>
        <translation>ANZAHL</translation>
    </message>
    <message>
        <source>MEAN S</source>
        <translation>MITTEL S</translation>
    </message>
    <message>
        <source>MEDIAN S</source>
        <translation>MEDIAN S</translation>
    </message>
    <message>
        <source>95% INTERVAL</source>
        <translation>95%-INTERVALL</translation>
    </message>
    <message>
        <source>NETWORK S</source>
        <translation>NETZ S</translation>
    </message>
    <message>
        <source>CPU S</source>
        <translation>CPU S</translation>
    </message>
    <message>
        <source>MEMORY</source>
        <translation>SPEICHER</translation>
    </message>
    <message>
        <source>REQUESTS</source>
        <translation>ANFRAGEN</translation>
    </message>
    <message>
        <source>WASTED</source>
        <translation>VERGEUDET</translation>
    </message>
    <message>
        <source>{0} ({1} failed)</source>
        <translation>{0} ({1} fehlgeschlagen)</translation>
    </message>
    <message>
        <source>{0} On the frontier: nothing faster needs as little memory and as few requests.</source>
        <translation>{0} An der Grenze: Nichts Schnelleres braucht so wenig Speicher und so wenige Anfragen.</translation>
    </message>
    <message>
        <source>total time</source>
        <translation>Gesamtzeit</translation>
    </message>
    <message>
        <source>network time</source>
        <translation>Netzzeit</translation>
    </message>
    <message>
        <source>CPU time</source>
        <translation>CPU-Zeit</translation>
    </message>
    <message>
        <source>peak memory</source>
        <translation>größter Speicher</translation>
    </message>
    <message>
        <source>requests</source>
        <translation>Anfragen</translation>
    </message>
    <message>
        <source>wasted bytes</source>
        <translation>vergeudete Bytes</translation>
    </message>
    <message>
        <source>received bytes</source>
        <translation>empfangene Bytes</translation>
    </message>
    <message>
        <source>parallelism</source>
        <translation>Parallelität</translation>
    </message>
    <message>
        <source>chunk size</source>
        <translation>Chunk-Größe</translation>
    </message>
    <message>
        <source>layers at once</source>
        <translation>Layer gleichzeitig</translation>
    </message>
    <message>
        <source>connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>destination</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>complete</source>
        <translation>vollständig</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>{0} of {1} trials</source>
        <translation>{0} von {1} Versuchen</translation>
    </message>
    <message>
        <source>warm-up</source>
        <translation>Aufwärmen</translation>
    </message>
    <message>
        <source>control</source>
        <translation>Kontrolle</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>gemessen</translation>
    </message>
    <message>
        <source>{0} failed</source>
        <translation>{0} fehlgeschlagen</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>noch {0}</translation>
    </message>
    <message>
        <source>{0} received</source>
        <translation>{0} empfangen</translation>
    </message>
    <message>
        <source>Now: {0}</source>
        <translation>Jetzt: {0}</translation>
    </message>
    <message>
        <source>Now, {1}: {0}</source>
        <translation>Jetzt, {1}: {0}</translation>
    </message>
    <message>
        <source>{0} trials</source>
        <translation>{0} Versuche</translation>
    </message>
    <message>
        <source>about {0}</source>
        <translation>etwa {0}</translation>
    </message>
    <message>
        <source>{0} to receive</source>
        <translation>{0} zu empfangen</translation>
    </message>
    <message>
        <source>{0} requests for manifests</source>
        <translation>{0} Manifest-Anfragen</translation>
    </message>
    <message>
        <source>If it comes at {0}. Some registries count requests for manifests.</source>
        <translation>Wenn es mit {0} kommt. Manche Registries zählen Manifest-Anfragen.</translation>
    </message>
    <message>
        <source>At {0}, as earlier pulls came. Some registries count requests for manifests.</source>
        <translation>Mit {0}, wie frühere Pulls kamen. Manche Registries zählen Manifest-Anfragen.</translation>
    </message>
</context>
</TS>
