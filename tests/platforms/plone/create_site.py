"""A Plone site with a folder of 70 programmes, of which some are private. Run by ``zconsole run zope.conf create_site.py``."""

import transaction
from plone.app.textfield.value import RichTextValue
from Products.CMFPlone.factory import addPloneSite
from Testing.makerequest import makerequest
from zope.component.hooks import setSite

WORDS = {
    "de": ("Programm Digitale Schule", "Schulen erhalten Geräte, Netze und Fortbildung für den Unterricht."),
    "it": ("Programma scuola digitale", "Le scuole ricevono dispositivi, reti e formazione per insegnare con il digitale."),
    "es": ("Programa escuela digital", "Los centros reciben equipos, redes y formación para enseñar con medios digitales."),
}

EXTENSIONS = ("plone.app.contenttypes:default", "plonetheme.barceloneta:default", "plone.restapi:default")
app = makerequest(app)  # noqa: F821  zconsole gives the root of the database
app.acl_users.userFolderAddUser("editor", "not-a-secret", ["Manager"], [])
site = addPloneSite(app, "Plone", title="Scuola digitale", setup_content=False, default_language="de", extension_ids=EXTENSIONS)
setSite(site)
from AccessControl.SecurityManagement import newSecurityManager  # noqa: E402

newSecurityManager(None, app.acl_users.getUser("editor").__of__(app.acl_users))
workflow = site.portal_workflow
site.invokeFactory("Folder", "progetti", title="Progetti")
folder = site["progetti"]
workflow.doActionFor(folder, "publish")
for number in range(1, 71):
    language = list(WORDS)[number % 3]
    title, text = WORDS[language]
    kind = "Document" if number % 2 else "Event"
    folder.invokeFactory(kind, f"progetto-{number}", title=f"{title} {number}", description=text, language=language)
    entry = folder[f"progetto-{number}"]
    entry.text = RichTextValue(f"<p>{text} Nr. {number}.</p>" * 5, "text/html", "text/x-html-safe")
    entry.subject = ("Schule", f"Gruppe {number % 4}")
    if number <= 66:
        workflow.doActionFor(entry, "publish")
    entry.reindexObject()
folder.invokeFactory("Document", "bozza", title="Bozza")
transaction.commit()
print("done")
